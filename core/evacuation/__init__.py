"""A host is emptied to be serviced, and filled again: where its machines go, and where they were."""
