"""An OpenTelemetry collector on loopback: takes metrics over OTLP/HTTP and decodes them."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality

DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA


@dataclass(frozen=True)
class Told:
    """One data point of one metric."""

    service: str
    name: str
    kind: str
    """As the protocol names it: sum, gauge, exponential_histogram."""
    unit: str
    value: float
    """Of a histogram the sum."""
    count: int
    """Of a histogram; else one."""
    attributes: dict[str, str]
    delta: bool
    """Whether it says what was added since the last time, and not all that there was."""


@dataclass
class Collector:
    """Whatever was sent, undecoded and decoded."""

    port: int = 0
    paths: set[str] = field(default_factory=set)
    raw: list[bytes] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def named(self, name: str) -> list[Told]:
        return [one for one in self.told if one.name == name]


@contextmanager
def collector() -> Iterator[Collector]:
    """Listen for metrics while the block runs."""
    kept = Collector()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                content = gzip.decompress(content)
            kept.paths.add(self.path)
            kept.raw.append(content)
            kept.told += _points(ExportMetricsServiceRequest.FromString(content))
            answer = ExportMetricsServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        kept.port = server.server_address[1]
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join(timeout=5)


def _points(request: Any) -> Iterator[Told]:
    for resource in request.resource_metrics:
        service = _words(resource.resource.attributes).get("service.name", "")
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                delta = getattr(getattr(metric, kind), "aggregation_temporality", 0) == DELTA
                for point in getattr(metric, kind).data_points:
                    yield _told(service, metric, kind, point, delta=delta)


def _told(service: str, metric: Any, kind: str, point: Any, *, delta: bool) -> Told:
    attributes = _words(point.attributes)
    if kind.endswith("histogram"):
        value, count = point.sum, point.count
    else:
        value, count = getattr(point, point.WhichOneof("value")), 1
    return Told(service, metric.name, kind, metric.unit, value, count, attributes, delta)


def _words(attributes: Any) -> dict[str, str]:
    return {one.key: str(getattr(one.value, one.value.WhichOneof("value"))) for one in attributes}
