"""What the words of an update say, case by case."""

import pytest

from scoring.wording import says_all_affected, says_recovered, says_well


@pytest.mark.parametrize(
    "text",
    [
        "It works again for everybody.",
        "All features work since 16:29.",
        "The incident is over.",
        "It's over, sorry for the trouble",
        "Users recovered at 16:29; we look into the cause.",
        "Checkout is back to normal",
        "Everything works. We will find out why.",
        "The whole shop was affected, now you can pay again.",
        "Mitigated at 14:07: the site is up again.",
        "We are still looking into the cause, but it is resolved.",
    ],
)
def test_texts_that_say_recovered(text: str) -> None:
    assert says_recovered(text)


@pytest.mark.parametrize(
    "text",
    [
        "It does not work again yet.",
        "We hope everything works soon.",
        "We will tell you when it is over.",
        "The share of errors is over 5 %.",
        "All teams work on it.",
        "Search works again, checkout still fails.",
        "It works again for some users.",
        "It has recovered for most of you.",
        "Nobody knows the cause.",
        "",
    ],
)
def test_texts_that_do_not(text: str) -> None:
    assert not says_recovered(text)


@pytest.mark.parametrize(
    "text",
    [
        "The whole system is affected",
        "The whole shop answers with errors.",
        "everything is down",
        "All features fail.",
        "P1: everybody sees errors",
        "This hits all of our users.",
        "All users are affected.",
        "Complete outage of Larder.",
    ],
)
def test_texts_that_say_that_all_is_affected(text: str) -> None:
    assert says_all_affected(text)


@pytest.mark.parametrize(
    "text",
    [
        "We are doing everything we can.",
        "Not everybody is affected.",
        "Everybody is working on it.",
        "There is a problem.",
        "After all, overall it is small.",
    ],
)
def test_texts_that_do_not_say_it(text: str) -> None:
    assert not says_all_affected(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What you may have read was a false alarm.", True),
        ("No orders were lost, and nobody was affected.", True),
        ("The shop works as usual.", True),
        ("Paying works again.", True),
        ("Some of you cannot pay; we are on it.", False),
        ("We are looking into fewer orders than usual.", False),
        ("Nobody was affected yet, but pages remain slow.", False),
    ],
)
def test_what_tells_customers_of_no_trouble(text: str, expected: bool) -> None:
    assert says_well(text) is expected
