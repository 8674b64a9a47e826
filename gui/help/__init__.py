"""Help: the user guide, and what helps somebody who helps."""
