"""`s3migrator serve` as a browser, a script and an attacker meet it: the real program over sockets."""

import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess

import jsonschema
import pytest

TOKEN = "an-operators-token-of-the-tests"
VIEWER = "a-viewers-token-of-the-tests"


class Console:
    def __init__(self, process, url):
        self.process, self.url = process, url
        self.host, port = url.split("//")[1].rstrip("/").rsplit(":", 1)
        self.port = int(port)

    def ask(self, method, path, body=None, token=TOKEN, **fields):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = json.dumps(body)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def get(self, path, **more):
        status, _, body = self.ask("GET", path, **more)
        assert status == 200, (path, body)
        return json.loads(body)

    def raw(self, data):
        with socket.create_connection((self.host, self.port), timeout=20) as connection:
            connection.sendall(data)
            answer = b""
            with contextlib.suppress(ConnectionResetError):
                while piece := connection.recv(65536):
                    answer += piece
            return answer


@pytest.fixture
def serve(program, tmp_path):
    """Starts the console; each is ended as a service manager would."""
    started = []

    def start(*arguments, env=None, token=TOKEN):
        environment = {**(env or {})}
        if token:
            environment["S3MIGRATOR_CONSOLE_TOKEN"] = token
        process = program.start("serve", "--listen", "127.0.0.1:0", "--json", *arguments,
                                env=environment)
        started.append(process)
        line = process.stdout.readline()
        assert line, process.stderr.read()
        console = Console(process, json.loads(line)["url"])
        console.first_line = json.loads(line)
        return console

    yield start
    for process in started:
        if process.returncode is not None:
            continue  # the test has ended it
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(10) == 0
        finally:
            process.kill()


@pytest.fixture
def viewer_file(tmp_path):
    path = tmp_path / "viewer-token"
    path.write_text(VIEWER + "\n")
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def one_job(program):
    """A copy that failed at once: enough for a record."""
    run = program.run("copy", "s3://nowhere-1", "s3://nowhere-2", "--json",
                      env={"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_REGION": "us-east-1",
                           "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S",
                           "AWS_MAX_ATTEMPTS": "1"})
    assert run.code == 1, run
    return run.summary["job"]


def resolve(schema, document):
    """The schema with the document's definitions, for jsonschema."""
    return {**schema, "components": document["components"]}


def schema_of(document, path, method, status):
    answer = document["paths"][path][method]["responses"][str(status)]
    return resolve(answer["content"]["application/json"]["schema"], document)


def test_answers_are_as_the_document_says(serve, one_job):
    console = serve()
    document = console.get("/api/v1/openapi.json", token=None)
    checked = 0
    for path, methods in document["paths"].items():
        operation = methods.get("get", {})
        content = operation.get("responses", {}).get("200", {}).get("content", {})
        if "application/json" not in content or "plan" in path or "configuration" in path:
            continue  # of a plan, and of a migration
        answer = console.get(path.replace("{id}", one_job))
        jsonschema.validate(answer, schema_of(document, path, "get", 200))
        checked += 1
    assert checked >= 10
    status, headers, body = console.ask("GET", "/api/v1/jobs/none")
    assert (status, headers["Content-Type"]) == (404, "application/problem+json")
    jsonschema.validate(json.loads(body),
                        resolve({"$ref": "#/components/schemas/Problem"}, document))


def test_the_document_is_an_openapi_document(serve):
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(serve().get("/api/v1/openapi.json", token=None))


def test_a_token_is_made_where_none_is_given(serve):
    console = serve(token=None)
    token = console.first_line["token"]
    assert len(token) == 64
    assert console.ask("GET", "/api/v1/jobs", token=None)[0] == 401
    assert console.ask("GET", "/api/v1/jobs", token="0" * 64)[0] == 401
    assert console.ask("GET", "/api/v1/jobs", token=token)[0] == 200


def test_a_given_token_is_not_shown(serve):
    console = serve()
    assert "token" not in console.first_line
    command_line = pathlib.Path(f"/proc/{console.process.pid}/cmdline").read_text()
    assert TOKEN not in command_line


def test_a_session_of_a_page(serve, one_job):
    console = serve()
    origin = console.url.rstrip("/")
    status, headers, _ = console.ask("POST", "/api/v1/session", {"token": TOKEN}, token=None,
                                     Origin=origin)
    assert status == 204
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    page = {"token": None, "Cookie": cookie.split(";")[0]}
    assert console.get("/api/v1/jobs", **page)["total"] == 1
    job = f"/api/v1/jobs/{one_job}"
    assert console.ask("DELETE", job, Origin="http://evil.example", **page)[0] == 403
    assert console.ask("DELETE", job, **page)[0] == 403
    assert console.ask("DELETE", "/api/v1/session", Origin=origin, **page)[0] == 204
    assert console.ask("GET", "/api/v1/jobs", **page)[0] == 401
    assert console.ask("DELETE", job, Origin=origin, **page)[0] == 401
    assert console.get("/api/v1/jobs")["total"] == 1


def test_a_viewer_looks_only(serve, one_job, viewer_file):
    console = serve("--viewer-token-file", viewer_file)
    job = f"/api/v1/jobs/{one_job}"
    assert console.get(job, token=VIEWER)["id"] == one_job
    assert console.ask("DELETE", job, token=VIEWER)[0] == 403
    assert console.ask("POST", job + "/cancel", token=VIEWER)[0] == 403


@pytest.mark.parametrize("request_line", [
    b"GET /../../../../etc/passwd HTTP/1.1",
    b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1",
    b"GET /assets/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1",
    b"GET //etc/passwd HTTP/1.1",
    b"GET http://127.0.0.1/etc/passwd HTTP/1.1",
    b"GET /a\x00b HTTP/1.1",
    b"GET / HTTP/1.1\r\nX : y",
    b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
])
def test_strange_requests_are_refused(serve, request_line):
    answer = serve().raw(request_line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:200]
    assert b"root:" not in answer


def test_what_is_too_large_is_refused(serve):
    console = serve()
    assert console.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000 +
                       b"\r\n\r\n").startswith(b"HTTP/1.1 431 ")
    assert console.raw(b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\n"
                       b"Content-Length: 99999999\r\n\r\n").startswith(b"HTTP/1.1 413 ")


def test_another_name_is_refused(serve):
    console = serve("--allow-host", "console.example")
    assert console.ask("GET", "/healthz", Host="evil.example")[0] == 421
    assert console.ask("GET", "/healthz", Host="console.example:443")[0] == 200


def test_guessing_is_slowed_down(serve):
    console = serve()
    answers = [console.ask("GET", "/api/v1/jobs", token=f"guess-number-{i:020}") for i in range(20)]
    assert answers[-1][0] == 429 and int(answers[-1][1]["Retry-After"]) > 0
    assert console.ask("GET", "/api/v1/jobs")[0] == 429


def test_a_page_is_served_and_protected(serve, tmp_path):
    root = tmp_path / "web"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><title>page</title>")
    (root / "assets/app-1.js").write_text("let a = 1")
    (root / "assets/app-1.js.br").write_bytes(b"brotli")
    (tmp_path / "secret").write_text("secret")
    os.symlink(tmp_path / "secret", root / "assets/link.txt")
    console = serve("--web-root", str(root))
    status, headers, body = console.ask("GET", "/", token=None)
    assert status == 200 and b"page" in body
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-cache"
    status, headers, body = console.ask("GET", "/assets/app-1.js", token=None,
                                        Accept_Encoding="gzip, br")
    assert (status, body, headers["Content-Encoding"]) == (200, b"brotli", "br")
    assert "immutable" in headers["Cache-Control"]
    assert console.ask("GET", "/assets/link.txt", token=None)[0] == 404
    assert console.ask("POST", "/", token=None)[0] == 405


def test_without_a_page_it_tells_how_to_get_one(serve):
    status, _, body = serve().ask("GET", "/", token=None)
    assert status == 200 and b"--web-root" in body


def test_it_does_not_listen_for_others_without_tls(program):
    run = program.run("serve", "--listen", "0.0.0.0:0")
    assert run.code == 2 and "--tls-cert" in run.stderr
    run = program.run("serve", "--listen", "example.org:80")
    assert run.code == 2


def test_a_token_file_is_the_owners_alone(program, tmp_path):
    path = tmp_path / "token"
    path.write_text(TOKEN)
    path.chmod(0o644)
    run = program.run("serve", "--listen", "127.0.0.1:0", "--token-file", str(path))
    assert run.code == 2 and "chmod 600" in run.stderr
    path.write_text("short")
    path.chmod(0o600)
    run = program.run("serve", "--listen", "127.0.0.1:0", "--token-file", str(path))
    assert run.code == 2 and "16 characters" in run.stderr


def test_tls(serve, tmp_path):
    import ssl
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                    tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True,
                   capture_output=True)
    console = serve("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    assert console.url.startswith("https://")
    context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    connection = http.client.HTTPSConnection(console.host, console.port, context=context, timeout=20)
    with contextlib.closing(connection):
        connection.request("POST", "/api/v1/session", json.dumps({"token": TOKEN}),
                           {"Content-Type": "application/json", "Origin": console.url.rstrip("/")})
        response = connection.getresponse()
        assert response.status == 204
        assert "; Secure" in response.headers["Set-Cookie"]
        assert "max-age" in response.headers["Strict-Transport-Security"]


def test_the_stream_tells_of_a_job_of_another_process(serve, program, one_job):
    console = serve()
    with socket.create_connection((console.host, console.port), timeout=30) as connection:
        connection.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n"
                           f"Authorization: Bearer {TOKEN}\r\n\r\n".encode())
        stream = connection.makefile("rb")
        while b"event: heartbeat" not in stream.readline():
            pass
        # The second beat comes when the store has been looked at for the first time.
        while b"event: heartbeat" not in stream.readline():
            pass
        assert console.ask("DELETE", f"/api/v1/jobs/{one_job}")[0] == 204
        while b"event: gone" not in stream.readline():
            pass
        assert one_job.encode() in stream.readline()


def test_it_stops_at_once_with_pages_open(serve):
    console = serve()
    with socket.create_connection((console.host, console.port), timeout=20) as connection:
        connection.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n"
                           f"Authorization: Bearer {TOKEN}\r\n\r\n".encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
        console.process.send_signal(signal.SIGTERM)
        assert console.process.wait(10) == 0


def test_help_tells_of_every_option(program):
    run = program.run("serve", "--help")
    assert run.code == 0
    for option in ("--listen", "--token-file", "--allow-host", "--tls-cert", "--insecure-listen"):
        assert option in run.stdout
