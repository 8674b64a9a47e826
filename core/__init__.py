"""Everything VM Ferry knows and does, without a pixel: no toolkit is imported here."""
