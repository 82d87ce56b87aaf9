"""What pages call the things that a register or our staff say of a lawyer."""

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.lawyers.registers import COLUMNS, Mistake
from app.lawyers.states import RegisterStatus

NOT_FOUND = "not_found"
REGISTER: dict[str, LazyString] = {
    RegisterStatus.PRACTISING: _l("Practising"),
    RegisterStatus.NOT_PRACTISING: _l("Not practising"),
    RegisterStatus.SUSPENDED: _l("Suspended"),
    RegisterStatus.STRUCK_OFF: _l("Struck off"),
    NOT_FOUND: _l("Not found"),
}
# What of a register waits for a person. The last two suspend at once, and are looked at afterwards.
NAME_DIFFERS = "name_differs"
FLAGS: dict[str, LazyString] = {
    NOT_FOUND: _l("The register has nobody with this number."),
    NAME_DIFFERS: _l("The register has another name."),
    RegisterStatus.NOT_PRACTISING: _l("The register says: not practising."),
    RegisterStatus.SUSPENDED: _l("The register says: suspended."),
    RegisterStatus.STRUCK_OFF: _l("The register says: struck off."),
}
# Why a badge rests, for the lawyer; what staff wrote comes with it.
SUSPENSIONS: dict[str, LazyString] = {
    "staff": _l("Staff have suspended it."),
    "declined": _l("Two members of our staff have looked at your changes and could not verify you."),
    RegisterStatus.SUSPENDED: _l("The register of your regulator says that you are suspended."),
    RegisterStatus.STRUCK_OFF: _l("The register of your regulator says that you were struck off."),
}


def mistake_text(mistake: Mistake) -> str:
    """What to tell about a mistake in a file."""
    columns, part = ", ".join(COLUMNS), mistake.part
    told = {
        "encoding": _("This is not UTF-8. Save the file as CSV in UTF-8."),
        "columns": _("The first line must name these columns: %(columns)s.", columns=columns),
        "empty": _("There is no entry."),
        "csv": _("A quotation mark is missing or stands where none may."),
        "parts": _("There are more or fewer parts than columns."),
        "text": _("The text under %(column)s is too long or has signs that cannot be shown.", column=part),
        "missing": _("There is nothing under %(column)s.", column=part),
        "number": _("This is no number of this regulator."),
        "status": _("The status must be one of: %(statuses)s.", statuses=", ".join(RegisterStatus)),
        "twice": _("This number stands in the file already."),
    }
    return str(told[mistake.code])
