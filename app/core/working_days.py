"""Working days: Monday to Friday. Public holidays are not known here, so a promise is counted a little strictly."""

from datetime import date, timedelta

SATURDAY = 5


def is_working(day: date) -> bool:
    """Whether `day` is no weekend."""
    return day.weekday() < SATURDAY


def after(day: date, number: int) -> date:
    """The last of the `number` working days that follow `day`."""
    while number:
        day += timedelta(days=1)
        number -= is_working(day)
    return day
