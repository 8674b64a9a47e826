"""Connection profiles in the window: the pages of their editor, and what is asked around them."""
