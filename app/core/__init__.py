"""What the whole house rests on. Pure: no Flask, no database."""
