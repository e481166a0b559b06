"""Editions for teaching: one for students, one for instructors, one that is graded.

    emolib edition student --out course
    emolib edition instructor --out teaching
    emolib edition grading --out grading

Solutions come from the references that the tests hold the checks to, notes for
teachers from `book/teaching`, pictures on slides from executed notebooks.
"""

from emolib.editions.for_grading import grading
from emolib.editions.for_instructors import instructor
from emolib.editions.for_students import student

__all__ = ["grading", "instructor", "student"]
