"""What helps somebody who helps: the log of the program, the bundle for support, the licences of what it is made of."""
