"""What tests build, one module a room, through the services that everybody uses."""
