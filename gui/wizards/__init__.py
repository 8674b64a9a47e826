"""The dialog that draws any wizard, and one file of pages for each wizard of core."""
