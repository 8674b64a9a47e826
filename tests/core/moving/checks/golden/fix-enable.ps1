# Enable live migrations on TR-OFF
Enable-VMMigration

# Undo
# Disable live migrations on TR-OFF
Disable-VMMigration
