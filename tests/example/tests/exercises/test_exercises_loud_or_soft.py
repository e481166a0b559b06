from answers import hold

from emolib.exercises import loud_or_soft as exercises


def test_check_1():
    hold(exercises.check_1, reference=6.0206, wrong=[3.01, 2, "six"])
