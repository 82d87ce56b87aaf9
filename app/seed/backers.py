"""Who backs a case, with how much, and what they say: drawn from these lists by a generator with a fixed seed."""

from dataclasses import dataclass, replace
from random import Random

from app.core.money import Money
from app.pledges.states import Shown
from app.seed.parts import pounds
from app.seed.people import PEOPLE

# Numbers of test cards, as the provider documents them.
GOOD = "4242424242424242"
ASKS_ONCE = "4000002500003155"  # the bank wants the saving approved, no payment after that
ASKS_EACH_TIME = "4000002760003184"  # the bank wants every payment approved
LATER_DECLINED = "4000000000000341"  # saved without trouble, declined when it is charged
_COMMON_CARDS = (GOOD, GOOD, GOOD, "5555555555554444", "5555555555554444", "378282246310005", ASKS_ONCE)

# What people give, in pounds; some sums are more usual than others.
_STEPS = (5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 100, 125, 150, 200, 250, 300, 400, 500, 750, 1000)
_USUAL = (5, 10, 10, 10, 15, 20, 20, 20, 25, 25, 25, 25, 30, 40, 50, 50, 50, 75, 100, 100, 150, 200, 250)
_SHOWN = (Shown.NAME_AND_AMOUNT,) * 11 + (Shown.NAME,) * 3 + (Shown.INITIALS,) * 2 + (Shown.ANONYMOUS,) * 4

_ENGLISH = """
Jo Whitcombe|Samir Kapoor|Beatrix Lowe|Hannah Osei|Meera Adeyemi|Gareth Pugh|Colette Duval|Ruth Abelson
Femi Balogun|Sian Morgan|Peter Zielinski|Grace Okonkwo|Alistair Boyd|Noor Rehman|Tilly Hargreaves|Marcus Dean|Ana Sousa
Fiona Galbraith|Desmond Clarke|Yasmin Akhtar|Owen Prosser|Helen Szabo|Kwame Mensah|Lucy Penhaligon|Brendan Walsh
Ingrid Halvorsen|Daljit Sandhu|Moira Kinsella|Theo Papadakis|Rachel Ibbotson|Ahmed Saleh|Violet Cartwright|Jamal Henry
Edith Marlowe|Conor Doyle|Sunita Patel|Rhys Bevan|Olga Petrenko|Martin Greenhalgh|Chidi Eze|Bronwen Tudor|Wilf Sugden
Leonie Baptiste|Graham Tuttle|Aisha Mahmoud|Nell Fairweather|Viktor Lang|Josephine Nkemelu|Simon Ratcliffe
Patrick Nunn|Zainab Bello|Duncan Forsythe|Miriam Katz|Lewis Appleyard|Carmen Ortega|Stephen Hollis|Dorothy Quayle
Hamza Iqbal|Eluned Rees|Frank Dewhurst|Kiran Bhatt|Sally Ormerod|Tomasz Nowak|Ivy Chambers|Robin Thackeray|Amara Okoro
Judith Steadman|Neil Carrick|Abena Asante|Hugh Montague|Cerys Llewellyn|Raj Malhotra|Pauline Eccles|Dylan Frost
Matilda Voss|Kofi Danso|Jean Ballantyne|Vera Lindholm|Stan Kowalczyk|Bernadette Flynn|Nicola Wragg|Arthur Penrose
Elsie Drummond
"""
_PERSIAN = """
شیرین کاظمی:shirin.kazemi|بهرام نیک‌پور:bahram.nikpour|مریم صدری:maryam.sadri|کاوه رستگار:kaveh.rastegar
نسرین ملکی:nasrin.maleki|پیمان آذری:peyman.azari|لاله شمس:laleh.shams|فرهاد توکلی:farhad.tavakoli
آزاده مهرجو:azadeh.mehrjoo|سیاوش بهمنی:siavash.bahmani|گیتی فروزان:giti.forouzan|رضا کیانی:reza.kiani
نگار سپهری:negar.sepehri|هومن پارسا:hooman.parsa|مهسا دلاوری:mahsa.delavari|کامران یزدی:kamran.yazdi
الهام شکوهی:elham.shokouhi|بابک نوری:babak.nouri|ترانه رسولی:taraneh.rasouli|یاشار احدی:yashar.ahadi
سودابه ناظری:soudabeh.nazeri|آرمان خسروی:arman.khosravi|هانیه زند:hanieh.zand|نیما رهبر:nima.rahbar
پروانه عطایی:parvaneh.ataei|شهاب کرمی:shahab.karami|رویا ستوده:roya.sotoudeh|ایمان جلالی:iman.jalali
"""
_WORDS = {
    "en": (
        "Good luck.",
        "Small, but every little bit adds up. Go well.",
        "Thank you for doing this.",
        "Glad somebody is standing up for them.",
        "Passing it on to my street.",
        "From all of us in the choir.",
        "I read the whole page twice. It is clear, and it is fair.",
        "Wishing you a patient judge.",
        "Keep going.",
        "I wish it did not take a court.",
        "My sister sent me the link. I have sent it to five more.",
        "A week’s coffee, and better spent.",
    ),
    "fa": (
        "پیروز باشید.",
        "کم است، اما قطره‌قطره جمع می‌شود.",
        "سپاس از پشتکار شما.",
        "برای همه‌مان مهم است.",
        "صفحه را برای دوستانم فرستادم.",
        "امیدوارم قاضی با حوصله بخواند.",
        "خسته نباشید. کار درستی می‌کنید.",
        "از طرف من و مادرم.",
    ),
}


@dataclass(frozen=True)
class Backing:
    """One backer of one case, before it happens. `person` names who has an account; `message` may be empty."""

    name: str
    email: str
    lang: str
    amount: Money
    tip: Money
    shown: Shown
    message: str
    card: str
    person: str | None = None
    withdraws: bool = False


def _listed(lang: str) -> list[tuple[str, str]]:
    """Names and addresses. All addresses stand on domains that are kept for examples."""
    if lang == "fa":
        named = [entry.strip().split(":") for entry in _PERSIAN.replace("\n", "|").split("|") if entry.strip()]
        return [(name, f"{latin}@example.net") for name, latin in named]
    names = [name.strip() for name in _ENGLISH.replace("\n", "|").split("|") if name.strip()]
    return [(name, f"{name.lower().replace(' ', '.')}@example.com") for name in names]


def _amounts(rng: Random, count: int, total: int) -> list[int]:
    """Usual sums, stepped up and down until they come to `total` pounds (a multiple of five) or as near as can be."""
    steps = [_STEPS.index(rng.choice(_USUAL)) for _ in range(count)]
    for _ in range(10_000):
        off = total - sum(_STEPS[step] for step in steps)
        if off == 0:
            break
        who, way = rng.randrange(count), 1 if off > 0 else -1
        if 0 <= steps[who] + way < len(_STEPS):
            move = _STEPS[steps[who] + way] - _STEPS[steps[who]]
            if abs(off - move) < abs(off):
                steps[who] += way
    return [_STEPS[step] for step in steps]


def _tip(rng: Random, amount: int) -> Money:
    """Nothing, as a rule; else a tenth or a few pounds."""
    return pounds(rng.choice((0, 0, 0, 0, 0, 0, 1, 2, max(1, amount // 10))))


def messages(rng: Random, lang: str, words: tuple[str, ...]) -> list[str]:
    """What backers of one case may say, in any order: `words`, which are about this very case, and common ones."""
    said = [*words, *_WORDS[lang]]
    rng.shuffle(said)
    return said


def draw(rng: Random, lang: str, count: int, total: int, *, taken: set[str], said: list[str]) -> list[Backing]:
    """`count` backers who bring `total` pounds together.

    None has an address in `taken`, which grows by theirs; each message is used once at most, and leaves `said`.
    """
    free = [(name, email) for name, email in _listed(lang) if email not in taken]
    people = rng.sample(free, count)
    taken.update(email for _name, email in people)
    found = []
    for (name, email), amount in zip(people, _amounts(rng, count, total), strict=True):
        message = said.pop() if said and rng.random() < 0.45 else ""
        shown, card = rng.choice(_SHOWN), rng.choice(_COMMON_CARDS)
        found.append(Backing(name, email, lang, pounds(amount), _tip(rng, amount), shown, message, card))
    return found


def as_person(backing: Backing, key: str) -> Backing:
    """The same backing by somebody who has an account, shown with name and amount."""
    person = PEOPLE[key]
    return replace(
        backing, name=person.name, email=person.email, lang=person.lang, shown=Shown.NAME_AND_AMOUNT, person=key
    )
