"""What a store learns of how long its orders take."""

from random import Random

from app.tracking.pace import LEAST_MINUTES, Sight, learn

PRIOR = (10.0, 0.5, 0.5, 1.0)


def kitchen(sight: Sight) -> float:
    """What orders take in a kitchen that is slower than its allowances, and slower still in the evening."""
    return 14 + 0.9 * sight.ahead + 1.5 * sight.places + 1.2 * sight.drive + (6 if sight.hour == 19 else 0)


def orders(count: int) -> list[tuple[Sight, float]]:
    dice = Random(1)
    seen = [
        Sight(dice.randint(0, 12), dice.randint(1, 5), dice.randint(4, 18), dice.choice((12, 15, 19)))
        for _ in range(count)
    ]
    return [(sight, kitchen(sight)) for sight in seen]


def test_before_anything_is_learned_the_allowances_hold():
    assert learn((), PRIOR).minutes(Sight(4, 2, 9, 12)) == 10 + 2 + 1 + 9


def test_queue_own_pizzas_drive_and_hour_are_each_learned():
    pace = learn(orders(300), PRIOR)
    for sight in (Sight(0, 1, 5, 12), Sight(10, 1, 5, 12), Sight(0, 5, 5, 12), Sight(0, 1, 17, 12), Sight(3, 2, 9, 19)):
        assert abs(pace.minutes(sight) - kitchen(sight)) < 1.5


def test_a_few_orders_move_a_guess_a_little():
    sight = Sight(2, 2, 9, 12)
    guesses = [learn(orders(count), PRIOR).minutes(sight) for count in (0, 3, 300)]
    assert guesses[0] < guesses[1] < guesses[2]


def test_an_hour_that_nobody_has_seen_adds_nothing():
    pace = learn(orders(300), PRIOR)
    assert 3 not in pace.hours
    assert pace.minutes(Sight(0, 1, 5, 3)) < pace.minutes(Sight(0, 1, 5, 19))


def test_nothing_takes_less_than_a_minute():
    assert learn((), (-5.0, 0.0, 0.0, 0.0)).minutes(Sight(0, 1, 0, 12)) == LEAST_MINUTES
