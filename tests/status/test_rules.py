"""Where a client stands, from who said what and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.words import MessageType, Status
from transform.status import ChatMessage, RuleStatusDetector, StatusDecision

START = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
DETECTOR = RuleStatusDetector()


def chat(script: str, start: datetime = START) -> list[ChatMessage]:
    """Messages from lines like `client: text`, `company: [document] name.pdf` and `+12 days`."""
    now, messages = start, []
    for line in filter(None, map(str.strip, script.splitlines())):
        if line.startswith("+"):
            now += timedelta(days=int(line.split()[0]))
            continue
        side, _, text = line.partition(": ")
        kind = MessageType.TEXT
        if text.startswith("["):
            name, _, text = text[1:].partition("]")
            kind = MessageType(name.upper())
        now += timedelta(minutes=3)
        messages.append(ChatMessage(now, side == "company", kind, text.strip() or None))
    return messages


def decide(script: str, days_later: float = 1) -> StatusDecision:
    messages = chat(script)
    return DETECTOR.decide(messages, messages[-1].sent_at + timedelta(days=days_later))


NEW_LEADS = {
    "a greeting from an advertisement": """
        client: Добрый день! Увидел вашу рекламу
        company: Добрый день! Чем можем помочь?""",
    "a greeting answered by a price list for everybody": """
        client: Hello! Saw your ad
        company: Welcome! Day hike 40 $, two days 95 $, a week 420 $. A deposit of 20 $ books your place""",
    "one message of the company alone": """
        company: Добрый день, это турфирма""",
    "whether there is such a thing at all, asked in few words": """
        client: Салам, подскажите, вы туры по стране делаете?
        company: Да, по всей стране""",
}
QUALIFIED = {
    "dates and group told, no offer yet": """
        client: Здравствуйте, нас четверо, хотим на озеро с 3 по 9 августа
        company: Здравствуйте! Хорошо, посмотрю варианты""",
    "no that answers a question is no refusal": """
        client: Добрый день, интересует поход
        company: Вы поедете вдвоём?
        client: нет, нас пятеро, двое детей
        company: Понятно, уточню по лошадям""",
    "another booking of the client's is not ours": """
        client: Hi, I have booked my flights and we are 2 people, 10 days in June. How much is a guide?
        company: Hello! Which region would you like to see?""",
    "thanks for last time open the chat, then a new inquiry": """
        client: Здравствуйте! Ездили с вами в июне, всё понравилось
        client: теперь хотим на озеро в сентябре, вдвоём. Сколько выйдет?
        company: Рады вас слышать! Сейчас посчитаю""",
    "the price is asked in Kyrgyz": """
        client: Саламатсызбы, 6 кишиге канча турат?
        company: Саламатсызбы! Качан барасыздар?""",
}
WARMED = {
    "follow-up questions, pleasure, only general answers": """
        client: Здравствуйте! А новичкам у вас можно?
        company: Да, большинство наших гостей впервые в горах, всё показываем на месте
        client: а если дождь пойдёт?
        company: Тогда ждём в тёплом домике, играем в игры и пьём чай, скучно не бывает
        client: Звучит здорово! Посоветуюсь с мужем""",
    "short answers and pictures": """
        client: Здравствуйте, а больно это?
        company: Нет, всё под анестезией
        client: а работы ваши можно увидеть?
        company: [image]
        client: Вау, красота! Покажу мужу""",
    "the same in English": """
        client: Hi! Is it safe to travel there alone?
        company: Hello! Yes, many women travel here alone and people are very hospitable everywhere
        client: And the food, will I survive on it?
        company: Of course, fresh bread, soup, noodles and fruit, and cooks ask about allergies
        client: That sounds amazing, I will think about it""",
}
PROPOSALS = {
    "a price for this client, who thinks": """
        client: Здравствуйте, нас трое, сколько стоит неделя в горах?
        company: Для троих 45 000 сом под ключ: гид, палатки, питание
        client: Спасибо, подумаем""",
    "a programme as a document after a request": """
        client: Guten Tag, wir sind zwei Personen und suchen eine Reise im Juli, 12 Tage
        company: [document] Programm_12_Tage.pdf
        client: Danke, wir schauen es uns in Ruhe an""",
    "asking how to pay is no payment": """
        client: Hi, 2 people, 5 days in July, how much?
        company: 560 USD per person, all included
        client: ok. how do I pay?""",
    "the company asking about a payment is no payment": """
        client: Hi, 2 people, 5 days in July, how much?
        company: 560 USD per person, all included
        company: Did you pay the deposit?""",
}
NEGOTIATIONS = {
    "too expensive is bargaining": """
        client: Здравствуйте, нас трое, сколько стоит неделя в горах?
        company: Для троих 45 000 сом под ключ: гид, палатки, питание
        client: дороговато, скидку дадите?""",
    "no, too expensive, and a counter-offer": """
        client: Hello, how much for a car for 3 days?
        company: 180 USD with a driver
        client: no, too expensive. 150?""",
    "changes to the offer": """
        client: Bonjour, nous sommes 4 personnes, combien pour 8 jours en juillet ?
        company: 980 € par personne avec guide et chevaux
        client: Et si on enlève les chevaux, un jour de moins ?""",
    "a refused part is no refusal": """
        client: Hello, how much for the camp, 2 people?
        company: 300 USD, transfer 60 USD
        client: not interested in the transfer thanks
        client: 250 for the camp with breakfast?""",
}
SALES = {
    "a deposit sent and received": """
        client: Hi, 2 people, how much for the trek in September?
        company: 560 USD per person, deposit 200
        client: I've transferred the deposit
        company: Received, thank you!""",
    "a picture after the bank details, confirmed": """
        client: Здравствуйте, запишите двоих на поход, сколько?
        company: 12 000 сом, предоплата 3 000 на карту
        client: [image]
        company: Оплата пришла, спасибо!""",
    "an agreement confirmed by both": """
        client: Добрый день, сколько стоит чистка?
        company: 3 500 сом, есть окно в четверг
        client: подойдёт, запишите меня
        company: Записала вас""",
    "a cancellation taken back": """
        client: Hi, I've paid the deposit for the trek
        company: Received, you are booked
        client: Sorry, we have to cancel
        +1 days
        client: please ignore my last message, is it still available?
        client: we confirm
        company: all set""",
}
SERVICES = {
    "guests under way": """
        client: Доброе утро, мы приехали, где водитель?
        company: Доброе утро! Водитель ждёт вас у входа
        client: увидели, едем!""",
    "thanks after the journey": """
        client: We're home. Thank you for an unforgettable week!
        company: Thank you! Would you leave a review?""",
    "a thing left behind": """
        client: Hello, thanks for the tour! I forgot my jacket in the car
        company: Found it, the driver has it""",
    "after the sale the day comes": """
        client: I've paid the deposit for two people
        company: Received, your place is reserved
        +40 days
        client: we've arrived, where is the guide?""",
}
REFUSALS = {
    "another destination": """
        client: Здравствуйте, нас двое, сколько стоит тур?
        company: 30 000 сом на двоих
        +3 days
        client: Спасибо, но мы передумали, поедем на море
        company: Жаль, хорошего отдыха!""",
    "the same in Spanish": """
        client: Hola, somos dos personas, cuánto cuesta?
        company: 500 € por persona
        client: Gracias, pero hemos elegido otra opción""",
    "a sold journey cancelled for good": """
        client: I've paid the deposit for two people
        company: Received, your place is reserved
        +5 days
        client: we have to cancel the booking, sorry""",
}
CASES = {
    Status.NEW_LEAD: NEW_LEADS,
    Status.QUALIFIED: QUALIFIED,
    Status.WARMED: WARMED,
    Status.PROPOSAL_SENT: PROPOSALS,
    Status.NEGOTIATION: NEGOTIATIONS,
    Status.SOLD: SALES,
    Status.SERVICE: SERVICES,
    Status.CLOSED: REFUSALS,
}


@pytest.mark.parametrize(
    ("status", "script"),
    [
        pytest.param(status, script, id=f"{status}: {what}")
        for status, scripts in CASES.items()
        for what, script in scripts.items()
    ],
)
def test_the_stage_follows_from_what_both_sides_did(status: Status, script: str) -> None:
    assert decide(script).status == status


OFFER_WITHOUT_ANSWER = """
    client: Здравствуйте, нас трое, сколько стоит неделя в горах?
    company: Для троих 45 000 сом под ключ"""


@pytest.mark.parametrize(("days", "status"), [(29, Status.PROPOSAL_SENT), (31, Status.CLOSED)])
def test_more_than_thirty_days_of_silence_after_the_companys_last_word_close(days: int, status: Status) -> None:
    assert decide(OFFER_WITHOUT_ANSWER, days).status == status


def test_reminders_of_the_company_do_not_break_the_clients_silence() -> None:
    assert decide(OFFER_WITHOUT_ANSWER + "\n+25 days\ncompany: Вы ещё думаете?", 10).status == Status.CLOSED


def test_a_client_who_waits_for_an_answer_is_never_closed_for_silence() -> None:
    assert decide(OFFER_WITHOUT_ANSWER + "\nclient: спасибо, подумаем", 400).status == Status.PROPOSAL_SENT


BOOKED_FOR_JULY = """
    client: Hi, 2 people for the trek from 14 July, I've paid the deposit
    company: Received, your place is reserved"""


@pytest.mark.parametrize(
    ("days", "status"),
    [(60, Status.SOLD), (135, Status.SERVICE), (200, Status.CLOSED)],
    ids=["ahead", "begun", "long over"],
)
def test_a_sold_service_waits_for_its_day_then_runs_then_is_over(days: int, status: Status) -> None:
    assert decide(BOOKED_FOR_JULY, days).status == status


def test_a_served_client_with_a_new_inquiry_is_at_the_stage_of_the_inquiry() -> None:
    script = """
        client: We're home. Thank you for an unforgettable week!
        company: Thank you!
        +120 days
        client: Hello again! This time we are 6 people, how much for 5 days in May?
        company: Hello! Which hotels do you like?"""
    assert decide(script).status == Status.QUALIFIED


def test_a_refusal_that_is_followed_by_a_new_inquiry_does_not_count() -> None:
    script = """
        client: Здравствуйте, нас двое, сколько стоит тур?
        company: 30 000 сом на двоих
        client: передумали, не поедем
        +40 days
        client: Здравствуйте, нас теперь четверо, сколько будет на июнь?"""
    assert decide(script).status == Status.QUALIFIED


def test_kyrgyz_without_its_letters_is_understood() -> None:
    with_letters = "client: 4 кишиге канча?\ncompany: 20 000 сом\nclient: төлөдүм\ncompany: Төлөм келди, рахмат"
    without = with_letters.replace("ө", "о").replace("ү", "у")
    assert decide(with_letters).status == decide(without).status == Status.SOLD


OFFERED = """
    client: Здравствуйте, нас четверо, хотим на озеро с 3 по 9 августа, сколько стоит?
    company: Для четверых выйдет 400 $ с человека, всё включено"""


def test_a_message_whose_time_was_filled_breaks_no_silence() -> None:
    messages = chat(OFFERED)
    as_of = messages[-1].sent_at + timedelta(days=40)
    late = as_of - timedelta(days=2)
    asked = ChatMessage(late, False, MessageType.IMAGE, None)
    reminded = ChatMessage(late, True, MessageType.TEXT, "Добрый день!")

    assert DETECTOR.decide([*messages, asked, reminded], as_of).status is not Status.CLOSED
    assert DETECTOR.decide([*messages, replace(asked, timed=False), reminded], as_of).status is Status.CLOSED


def test_a_chat_of_which_no_time_is_known_is_not_closed_for_silence() -> None:
    beginning = datetime.fromtimestamp(0, UTC)
    messages = [replace(message, sent_at=beginning, timed=False) for message in chat(OFFERED)]
    decision = DETECTOR.decide(messages, START + timedelta(days=400))

    assert decision.status is Status.PROPOSAL_SENT
    assert decision.reason.endswith(" The company wrote last.")
    assert "1970" not in decision.reason


def test_a_day_named_at_an_unknown_time_does_not_begin_a_service() -> None:
    sold = chat("""
        client: Сколько стоит тур 15 июня на двоих?
        company: 300 $ с человека, предоплата 50 $
        client: Оплатил, вот чек
        company: Получили, бронь подтверждена""")
    as_of = datetime(2025, 6, 20, tzinfo=UTC)
    assert DETECTOR.decide(sold, as_of).status is Status.SERVICE
    unknown = [replace(sold[0], sent_at=datetime(1970, 1, 1, tzinfo=UTC), timed=False), *sold[1:]]
    assert DETECTOR.decide(unknown, as_of).status is Status.SOLD


def test_no_message_is_a_new_lead_and_unsure() -> None:
    decision = DETECTOR.decide([], START)
    assert decision.status == Status.NEW_LEAD
    assert decision.confidence <= 0.6


def test_the_reason_tells_the_story_without_quoting_it() -> None:
    decision = decide(OFFER_WITHOUT_ANSWER, 40)
    assert decision.source == "rules"
    assert decision.reason == (
        "The client asked or told specifics on 3 Mar 2025. An offer was sent on 3 Mar 2025. "
        "The client has been silent for 40 days."
    )


@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.sampled_from(list(MessageType)),
            st.none() | st.text(max_size=80),
            st.integers(0, 40 * 24),
        ),
        max_size=12,
    )
)
def test_any_conversation_gets_one_status_and_the_same_twice(
    lines: list[tuple[bool, MessageType, str | None, int]],
) -> None:
    now, messages = START, []
    for from_me, kind, text, hours in lines:
        now += timedelta(hours=hours)
        messages.append(ChatMessage(now, from_me, kind, text))
    decision = DETECTOR.decide(messages, now)
    assert isinstance(decision.status, Status)
    assert 0 < decision.confidence <= 1
    assert decision.reason
    assert decision == DETECTOR.decide(messages, now)


def test_the_name_tells_the_rules_and_the_cues() -> None:
    assert DETECTOR.name == RuleStatusDetector().name
    assert "cues" in DETECTOR.name


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("To confirm we need a deposit of 50 $, here is the payment link", Status.SOLD),
        ("It is 500 $ a person. Could you send us your passports?", Status.PROPOSAL_SENT),
    ],
)
def test_sent_is_a_payment_where_one_was_asked_for(answer: str, status: Status) -> None:
    script = f"""
        client: Hello, two of us for the lake on 3 June, how much is it?
        company: Hello! 500 $ a person for two days with meals and a guide
        client: ok thank you
        company: {answer}
        client: sent, please check"""
    assert decide(script).status is status
