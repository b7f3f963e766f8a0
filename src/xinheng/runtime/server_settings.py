"""Settings of the embedded server. Given on its command line: they win over files in a copied folder."""

from pathlib import Path

from xinheng.runtime.sockets import PORT

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_compression": "off",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_checkpoints": "off",
    # A message may repeat the value it complains about, and that may be a person's number: what a statement
    # did wrong goes to its caller only, the log tells the life of the server.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


def server_command(postgres: Path, data: Path, socket_folder: Path) -> list[str]:
    """The command line that runs the server in the foreground."""
    quoted = '"' + str(socket_folder).replace('"', '""') + '"'
    settings = SETTINGS | {"unix_socket_directories": quoted}
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(postgres), "-D", str(data), *flags]
