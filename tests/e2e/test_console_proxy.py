"""`s3migrator serve` behind a load balancer that signs people in: its keys come from a server."""

import base64
import http.server
import json
import threading

import pytest

from test_console import TOKEN, one_job, serve  # noqa: F401 (fixtures)

ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")
hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes")
serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
utils = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.utils")

SIGNER = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/app/console/50dc6c"
ISSUER = "https://login.example.org"
LATER = 4_000_000_000


class LoadBalancer:
    """Signs as AWS documents it: base64url with its padding, ES256."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())

    def pem(self):
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def token(self, claims, **header):
        header = {"alg": "ES256", "kid": "key-1", "signer": SIGNER, "iss": ISSUER,
                  "client": "console", "exp": LATER, **header}
        text = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode()
                        for part in (header, {"sub": "u-1", "exp": LATER, **claims}))
        r, s = utils.decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return f"{text}.{base64.urlsafe_b64encode(signature).decode()}"


@pytest.fixture
def balancer():
    return LoadBalancer()


@pytest.fixture
def keys(balancer):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = balancer.pem() if self.path == "/keys/key-1" else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/keys"
    server.shutdown()
    thread.join()
    server.server_close()


def behind(serve, keys, peer="127.0.0.1"):  # noqa: F811
    return serve("--trusted-proxy", peer, "--oidc-signer", SIGNER, "--oidc-issuer", ISSUER,
                 "--oidc-keys", keys, "--oidc-operator", "groups=s3-operators")


def ask(console, token, method="GET", path="/api/v1/session"):
    status, _, body = console.ask(method, path, token=None, Origin=console.url.rstrip("/"),
                                  x_amzn_oidc_data=token)
    return status, json.loads(body) if body else None


def test_people_are_known_by_name_and_claim(serve, one_job, balancer, keys):  # noqa: F811
    console = behind(serve, keys)
    ann = balancer.token({"email": "ann@example.org"})
    status, session = ask(console, ann)
    assert (status, session["role"], session["name"]) == (200, "viewer", "ann@example.org")
    assert ask(console, ann, "DELETE", f"/api/v1/jobs/{one_job}")[0] == 403
    bob = balancer.token({"email": "bob@example.org", "groups": ["s3-operators"]})
    assert ask(console, bob, "POST", f"/api/v1/jobs/{one_job}/cancel")[0] in (200, 409)
    assert ask(console, bob, "DELETE", f"/api/v1/jobs/{one_job}")[0] == 204
    assert console.ask("GET", "/api/v1/jobs", token=TOKEN)[0] == 200


def test_what_does_not_hold_is_refused(serve, balancer, keys):  # noqa: F811
    console = behind(serve, keys)
    for wrong in (balancer.token({}, signer=SIGNER + "0"), balancer.token({}, iss="https://evil"),
                  balancer.token({}, exp=1), balancer.token({}, alg="none"),
                  balancer.token({}, kid="key-2"), LoadBalancer().token({}), "x.y.z"):
        status, problem = ask(console, wrong)
        assert (status, problem["code"]) == (401, "proxy"), wrong
    assert ask(console, balancer.token({}))[0] == 200


def test_from_elsewhere_it_means_nothing(serve, balancer, keys):  # noqa: F811
    console = behind(serve, keys, "10.0.0.0/8")
    status, problem = ask(console, balancer.token({}))
    assert (status, problem["code"]) == (401, "signed-out")


def test_the_words_that_belong_together_are_asked_for(program):
    for words in (["--trusted-proxy", "10.0.0.0/8"], ["--oidc-issuer", ISSUER],
                  ["--trusted-proxy", "everywhere", "--oidc-signer", SIGNER, "--oidc-issuer", ISSUER],
                  ["--trusted-proxy", "10.0.0.1", "--oidc-signer", "x", "--oidc-issuer", ISSUER],
                  ["--trusted-proxy", "10.0.0.1", "--oidc-signer", SIGNER, "--oidc-issuer", ISSUER,
                   "--oidc-keys", "http://example.org/"]):
        run = program.run("serve", "--listen", "127.0.0.1:0", *words)
        assert run.code == 2 and "--" in run.stderr, (words, run)
