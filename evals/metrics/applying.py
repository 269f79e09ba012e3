"""Not every metric applies to every case."""


class NotMeasured(ValueError):
    """This metric says nothing about this case. Any other error is the metric's own fault, and no run hides it."""
