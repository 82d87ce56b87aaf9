"""Languages: which one is spoken now (`locale`), how it writes figures (`format`), how they are read (`parse`).

Its words stand in `translations/<language>/LC_MESSAGES/messages.po`; `catalog` gathers, compiles and checks them.
"""
