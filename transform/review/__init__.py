"""What a person knows better: the review file, written for a spreadsheet and read back by the next transform."""

from transform.review.apply import AppliedReview
from transform.review.words import Review, read_review

__all__ = ["AppliedReview", "Review", "read_review"]
