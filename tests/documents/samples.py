"""Two whole sheets with their answers, for every test that needs a real PDF."""

from coachapp.documents import CardSide, Column, Mode, Option, Sheet

DOOR_ANSWERS = {
    "who": "Uncle Bernd, Aunt Żaneta",
    "say": "“Just five minutes.” Flowers, gifts",
    "before": ["stop", "look", "ask", "room", "one"],
    "words": "We are not opening the door today. Please leave. We will not talk about it here.",
    "jobs": [
        ["Mira", "Speaks, once", "0151 000 0001"],
        ["Jonas", "Takes the children upstairs", "0151 000 0002"],
        ["Ελένη (next door)", "Comes over if we ring", "0151 000 0003"],
    ],
    "emergency": "112",
    "neighbour": "Ελένη, number 14",
    "log": [["3 May", "18:40", "Rang twice, left after 6 min", "Jonas"]],
    "care": "Tea, film, phones in the drawer. Nobody has to talk about it.",
    "review": "1 September",
    "agreed": "M. J. A.",
    "first": "Mira 0151 000 0001",
    "second": "Ελένη 0151 000 0003",
    "third": "112",
}
PAUSE_ANSWERS = {
    "when": "Tuesday, 21:10",
    "how": "Text, new number",
    "until": "Wednesday, 21:10",
    "facts": "She writes that she has changed and asks to meet on Saturday. She asks why I do not answer. "
    "There is no date and no duty in the message.",
    "pull": 8,
    "body": "Tight chest. “If I do not answer, I am the bad one.”",
    "kind": ["sorry", "guilt"],
    "waiting": ["mute", "tell", "body"],
    "person": "Дарья",
    "thing": "Walk along the river",
    "after": [[False, True], [False, True], [False, True], [True, False]],
    "pull2": 3,
    "decision": "none",
    "reply": "No answer. I keep the message in the folder.",
    "learned": "The pull was strong for an hour and then it became smaller by itself.",
}


def door(**settings) -> Sheet:
    """A household plan with a table, a log, a card and room for more."""
    sheet = Sheet(
        "When someone comes to the door",
        neutral_title="Household sheet 1",
        purpose="Fill this in together on a calm day. Keep it where everyone can reach it.",
        **_with_answers(settings, DOOR_ANSWERS),
    )
    sheet.step("Who this plan is about")
    sheet.columns(("who", "Name or names"), ("say", "What they may say or bring"))
    sheet.step("Before anyone opens", "Tick what your home has agreed on.")
    sheet.checks("before", DOOR_OPTIONS)
    sheet.step(
        "What we say, once, through the closed door",
        "Short and the same every time. Then step away and stop talking.",
    )
    sheet.answer("words", "Our sentence", lines=3)
    sheet.step("Who does what")
    sheet.people(
        "jobs", [Column("Person", 26), Column("Job at the door", 46), Column("Phone number", 28)], rows=5
    )
    sheet.step("If they do not leave")
    sheet.steps(DOOR_STEPS)
    sheet.columns(("emergency", "Emergency number"), ("neighbour", "Neighbour who can help"))
    _after_the_door(sheet)
    return sheet


DOOR_OPTIONS = [
    Option("stop", "Stop. Take one slow breath."),
    Option("look", "Look first: spyhole, window or camera."),
    Option("ask", "Ask who it is with the door shut."),
    Option("room", "Children go to the agreed room."),
    Option("chain", "The chain stays on."),
    Option("one", "One person speaks, nobody else."),
]
DOOR_STEPS = [
    "Move away from the door. Do not argue or explain.",
    "Call the first person in the table above and say: “They are here.”",
    "If anyone is afraid or in danger, call the emergency number.",
]


def _after_the_door(sheet: Sheet) -> None:
    sheet.step("Afterwards, write it down", "Facts only, the same day. Keep photos and messages too.")
    log = [Column("Date", 15), Column("Time", 12), Column("What happened", 48), Column("Who saw it", 25)]
    sheet.table("log", log, rows=5)
    sheet.answer("care", "How we look after each other that evening", lines=2)
    sheet.step("Look at this plan again")
    sheet.columns(("review", "On this date"), ("agreed", "Agreed by (initials)"))
    sheet.step(
        "Door card", "Cut along the dashes and fold on the dots. It fits a wallet or the inside of the door."
    )
    sheet.card(
        CardSide("At the door", [f"{n}. {t}" for n, t in enumerate(CARD_STEPS, 1)]),
        CardSide(
            "I can call", [("first", "First person"), ("second", "Second person"), ("third", "Emergency")]
        ),
    )
    sheet.rest("more", "Room for more")


CARD_STEPS = [
    "Stop. Take one slow breath.",
    "Look first. Ask with the door shut.",
    "Say our sentence once.",
    "Step away and call.",
]


def pause(**settings) -> Sheet:
    """A worksheet with every kind of question."""
    sheet = Sheet(
        "The 24-hour pause",
        neutral_title="Worksheet 4",
        purpose="For a message you did not expect. You do not have to answer today, and you may decide never to answer.",
        **_with_answers(settings, PAUSE_ANSWERS),
    )
    sheet.step("The message")
    sheet.columns(
        ("when", "Arrived (day, time)"), ("how", "How it came"), ("until", "I decide after (24 hours)")
    )
    sheet.step("Only the facts", "What does it say or ask? Write it the way a stranger would.")
    sheet.answer("facts", "In plain words", lines=4)
    sheet.step("What it does to me", "0 is no pull at all, 10 is the strongest pull to answer right now.")
    sheet.scale("pull", "Pull to answer now", low="no pull", high="very strong")
    sheet.answer("body", "In my body and in my thoughts", lines=3)
    sheet.step("What kind of message is it?", "Tick everything that fits.")
    sheet.checks("kind", KINDS)
    sheet.note(
        "A threat is not a message to answer. Save it and show it to someone you trust or to the police."
    )
    _while_i_wait(sheet)
    return sheet


KINDS = [
    Option("plain", "A practical question"),
    Option("sorry", "An apology or a promise"),
    Option("guilt", "Guilt or blame"),
    Option("threat", "Pressure or a threat"),
    Option("other", "Sent through someone else"),
    Option("unsure", "I cannot tell"),
]
WAITING = [
    Option("mute", "Mute the conversation."),
    Option("tell", "Tell one person about it."),
    Option("draft", "Write no draft in the app."),
    Option("body", "Do one thing that is good for my body."),
]
QUESTIONS = [
    "Does it ask something that only I can answer?",
    "Is there a date, a duty or a child in it?",
    "Would I give the same answer in a week?",
    "Is silence safe for me?",
]
DECISIONS = [
    Option("none", "I do not answer."),
    Option("else", "Someone else answers for me."),
    Option("advice", "I get advice first."),
    Option("short", "I answer, short and factual."),
]


def _while_i_wait(sheet: Sheet) -> None:
    sheet.step("While I wait")
    sheet.checks("waiting", WAITING)
    sheet.columns(("person", "The person I tell"), ("thing", "What I do instead"))
    sheet.step("After 24 hours", "Put one tick in each row.")
    columns = [Column("Question", 74), Column("Yes", 13, tick=True), Column("No", 13, tick=True)]
    sheet.table("after", columns, row_heads=QUESTIONS)
    sheet.scale("pull2", "Pull to answer now")
    sheet.step("My decision", "Choose one.")
    sheet.choice("decision", "What I will do", DECISIONS)
    sheet.step("If I answer: two sentences, facts only")
    sheet.answer("reply", "My words", lines=4)
    sheet.rest("learned", "What I learned from this pause")


def _with_answers(settings: dict, answers: dict) -> dict:
    completed = settings.get("mode") is Mode.COMPLETED
    return {**({"answers": answers} if completed else {}), **settings}
