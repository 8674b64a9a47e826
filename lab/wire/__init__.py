"""The wire of a simulated host: HTTP, authentication, WS-Management and PSRP."""
