"""The process behind the private port: `python -m maagal.measuring.serve` answers /metrics as Prometheus reads it."""

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from maagal import counters, logs
from maagal.config import settings
from maagal.measuring.house import House


def registry() -> CollectorRegistry:
    """Return all there is to tell: what processes counted in their files, and what is asked anew."""
    made = CollectorRegistry()
    if counters.FOLDER:
        MultiProcessCollector(made, counters.FOLDER)  # type: ignore[no-untyped-call]  # prometheus_client carries few types
    made.register(House())
    return made


def main() -> None:
    """Serve until ended. On another address than this machine's own, a firewall is up to whoever says so."""
    logs.set_up()
    told = settings()
    _server, thread = start_http_server(told.metrics_port, told.metrics_host, registry())
    logs.log.info("figures_are_told", port=told.metrics_port)
    thread.join()


if __name__ == "__main__":
    main()
