"""Flask extensions, created here and bound to the application in the factory."""

from flask_login import LoginManager
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from config import ROOT

login_manager = LoginManager()
csrf = CSRFProtect()
migrate = Migrate(directory=str(ROOT / "migrations"))
mail = Mail()
