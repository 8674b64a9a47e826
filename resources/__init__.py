"""Files that come with the program: icons and translations."""
