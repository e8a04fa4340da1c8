"""A server on this computer that does what servers do: break off, lie, dawdle, refuse."""

import contextlib
import hashlib
import http.server
import re
import threading

from ganstudio.data.known.known import KnownDataset, KnownFile

FILES = {"a.bin": bytes(range(256)) * 2000, "b.bin": b"labels" * 50}
SOMETHING = KnownDataset(
    name="something",
    title="Something",
    files=tuple(
        KnownFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest()) for name, data in FILES.items()
    ),
    licence="CC0",
    citation="Nobody, 2020",
    mirrors=("http://127.0.0.1:1/",),
)


class _Server(http.server.ThreadingHTTPServer):
    """Serves ``files``; ``sends``: bytes a connection lasts; ``ranges``: whether it can go on in the middle.

    silent: never answers. dribbles: sends by and by. drips: a byte at a time and never done, of its "head" or the
    "body". moves: {name: address} of files that lie elsewhere.
    """

    daemon_threads = True

    def __init__(self, files=FILES, *, sends=None, ranges=True, silent=False, dribbles=False, moves=None, drips=""):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files, self.sends, self.ranges, self.silent = files, sends, ranges, silent
        self.dribbles, self.moves, self.drips = dribbles, moves or {}, drips
        self.asked = []
        self.closing = threading.Event()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name, start = self.path.rpartition("/")[2], self.headers.get("Range")
        self.server.asked.append((name, start))
        data = self.server.files.get(name)
        if self.server.silent:
            self.server.closing.wait(10)
            return
        if self.server.drips:
            self._drip()
            return
        if name in self.server.moves:
            self.send_response(302)
            self.send_header("Location", self.server.moves[name])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if data is None:
            self.send_error(404)
            return
        begin = int(re.fullmatch(r"bytes=(\d+)-", start)[1]) if start and self.server.ranges else 0
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who asked may have had enough
            wanted = data[begin:][: self.server.sends]
            step = max(1, len(wanted) // 20) if self.server.dribbles else max(1, len(wanted))
            for at in range(0, len(wanted), step):
                self.wfile.write(wanted[at : at + step])
                if self.server.dribbles:
                    self.server.closing.wait(0.02)

    def _drip(self):
        head = "HTTP/1.1 200 OK\r\nContent-Length: 512000\r\n" + ("\r\n" if self.server.drips == "body" else "X-Long: ")
        with contextlib.suppress(ConnectionError):
            self.wfile.write(head.encode())
            while not self.server.closing.wait(0.01):
                self.wfile.write(b"x")

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(*args, **options):
    server = _Server(*args, **options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
