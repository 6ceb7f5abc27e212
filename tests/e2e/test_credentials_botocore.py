"""The credentials chain against botocore's: the same files and variables must lead to the same key.

Both ask one service on loopback that plays STS, IAM Identity Center, a container's endpoint and an
instance's. The key ids that it gives out tell how they were come by ("TOP<MIDDLE<AKIABASE": role
Top, assumed by role Middle, assumed by AKIABASE), so equal ids mean an equal way.
"""

import dataclasses
import hashlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import urllib.parse

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROBE = pathlib.Path(os.environ.get("CREDENTIALS_PROBE", ROOT / "build/release/bin/credentials_probe"))
EXPIRES = "2099-01-01T00:00:00Z"

BOTOCORE = """
import json, sys, botocore.session
try:
    credentials = botocore.session.Session(profile=sys.argv[1] or None).get_credentials()
    frozen = credentials and credentials.get_frozen_credentials()
    print(json.dumps({"access_key_id": frozen.access_key, "has_token": bool(frozen.token)}
                     if frozen else {"error": "none"}))
except Exception as error:
    print(json.dumps({"error": repr(error)}))
"""


def sts_answer(action, key_id, role):
    return (f"<{action}Response xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><{action}Result>"
            f"<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/{role}/s</Arn>"
            "<AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser><Credentials>"
            f"<AccessKeyId>{key_id.replace('<', '&lt;')}</AccessKeyId>"
            "<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>"
            f"<Expiration>{EXPIRES}</Expiration></Credentials></{action}Result>"
            f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>")


def machine_answer(key_id):
    return json.dumps({"Code": "Success", "AccessKeyId": key_id, "SecretAccessKey": "secret",
                       "Token": "token", "Expiration": EXPIRES})


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, body, status=200, kind="application/json"):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()

    def do_PUT(self):
        self.body()
        self.reply("imds-token", 200 if self.path == "/latest/api/token" else 404)

    def do_GET(self):
        path, _, query = self.path.partition("?")
        query = dict(urllib.parse.parse_qsl(query))
        if path.startswith("/container"):
            self.reply(machine_answer("CONTAINER" + self.headers.get("Authorization", "")))
        elif path.endswith("/federation/credentials"):
            token = self.headers["x-amz-sso_bearer_token"]
            self.reply(json.dumps({"roleCredentials": {
                "accessKeyId": f"SSO-{query['account_id']}-{query['role_name']}-{token}",
                "secretAccessKey": "secret", "sessionToken": "token",
                "expiration": 4070908800000}}))
        elif path.startswith("/latest/meta-data/"):
            known = self.headers.get("x-aws-ec2-metadata-token") == "imds-token"
            role = path.removeprefix("/latest/meta-data/iam/security-credentials/")
            self.reply(machine_answer("IMDS") if role else "instance-role", 200 if known else 401)
        else:
            self.reply("{}", 404)

    def do_POST(self):
        body = self.body()
        if self.path.endswith("/token"):
            asked = json.loads(body)
            self.reply(json.dumps({"accessToken": "renewed-" + asked["refreshToken"],
                                   "expiresIn": 28800, "tokenType": "Bearer"}))
            return
        form = dict(urllib.parse.parse_qsl(body))
        role = form["RoleArn"].rpartition("/")[2]
        signer = re.search("Credential=([^/]+)/", self.headers.get("Authorization", ""))
        by = signer.group(1) if signer else form["WebIdentityToken"].strip()
        self.reply(sts_answer(form["Action"], f"{role}<{by}", role), kind="text/xml")

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def service():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@dataclasses.dataclass
class Case:
    name: str
    config: str = ""
    credentials: str = ""
    variables: dict = dataclasses.field(default_factory=dict)
    files: dict = dataclasses.field(default_factory=dict)
    profile: str = ""
    key: str | None = None  # the id that both must find; None: neither finds any


def keys(section, key_id, extra=""):
    return f"[{section}]\naws_access_key_id = {key_id}\naws_secret_access_key = secret\n{extra}"


def role(section, name, extra):
    return f"[{section}]\nrole_arn = arn:aws:iam::111122223333:role/{name}\n{extra}\n"


def process(section, key_id):
    document = json.dumps({"Version": 1, "AccessKeyId": key_id, "SecretAccessKey": "s"})
    return f"[{section}]\ncredential_process = echo '{document}'\n"


def token_file(key, expires=EXPIRES):
    token = {"startUrl": "https://x", "region": "eu-west-1", "accessToken": "cached",
             "expiresAt": expires}
    if not key.startswith("https:"):  # only an sso-session's login can be renewed
        token |= {"clientId": "c", "clientSecret": "s", "refreshToken": "r",
                  "registrationExpiresAt": EXPIRES}
    return {f".aws/sso/cache/{hashlib.sha1(key.encode()).hexdigest()}.json": json.dumps(token)}


ENV = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "secret"}
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/jwt",
       "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/EnvWeb", "AWS_ROLE_SESSION_NAME": "pod"}
JWT = {"jwt": "TOKEN"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "SERVICE/container"}
IMDS = {"AWS_EC2_METADATA_DISABLED": "false"}
SSO_SESSION = "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://x\n"
SSO = "[{}]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Ops\n"
SSO_KEY = "SSO-111122223333-Ops-cached"
WEB_PROFILE = role("default", "Web", "web_identity_token_file = HOME/jwt")

CASES = [
    Case("nothing"),
    Case("environment", variables=ENV, key="AKIAENV"),
    Case("environment without its secret", variables={"AWS_ACCESS_KEY_ID": "AKIAENV"}),
    Case("environment before files", credentials=keys("default", "AKIADEFAULT"), variables=ENV,
         key="AKIAENV"),
    Case("environment before AWS_PROFILE", credentials=keys("p", "AKIAP"),
         variables={**ENV, "AWS_PROFILE": "p"}, key="AKIAENV"),
    Case("named profile before environment", credentials=keys("p", "AKIAP"), variables=ENV,
         profile="p", key="AKIAP"),
    Case("AWS_PROFILE", credentials=keys("default", "AKIAD") + keys("p", "AKIAP"),
         variables={"AWS_PROFILE": "p"}, key="AKIAP"),
    Case("AWS_PROFILE that is not there", credentials=keys("default", "AKIAD"),
         variables={"AWS_PROFILE": "p"}),
    Case("AWS_PROFILE that is not there beside keys", variables={**ENV, "AWS_PROFILE": "p"}),
    Case("credentials file before config file", config=keys("default", "AKIACONFIG"),
         credentials=keys("default", "AKIACREDENTIALS"), key="AKIACREDENTIALS"),
    Case("config file", config=keys("profile p", "AKIACONFIG"), profile="p", key="AKIACONFIG"),
    Case("key without secret", credentials="[default]\naws_access_key_id = A\n"),
    Case("files elsewhere", files={"elsewhere": keys("p", "AKIAELSEWHERE")}, profile="p",
         variables={"AWS_SHARED_CREDENTIALS_FILE": "~/elsewhere"}, key="AKIAELSEWHERE"),
    Case("prefixed default", config=keys("profile default", "AKIADEFAULT"), key="AKIADEFAULT"),

    Case("role", config=role("profile p", "Top", "source_profile = base"),
         credentials=keys("base", "AKIABASE"), profile="p", key="Top<AKIABASE"),
    Case("role over role", config=role("profile p", "Top", "source_profile = q")
         + role("profile q", "Middle", "source_profile = base"),
         credentials=keys("base", "AKIABASE"), profile="p", key="Top<Middle<AKIABASE"),
    Case("role before keys", config=role("default", "Top", "source_profile = base"),
         credentials=keys("default", "AKIADEFAULT") + keys("base", "AKIABASE"), key="Top<AKIABASE"),
    Case("role before web identity of the environment", files=JWT, variables=WEB,
         config=role("default", "Top", "source_profile = base"),
         credentials=keys("base", "AKIABASE"), key="Top<AKIABASE"),
    Case("role of its own keys", config=role("default", "Top", "source_profile = default"),
         credentials=keys("default", "AKIADEFAULT"), key="Top<AKIADEFAULT"),
    Case("source with keys and a role", config=role("default", "Top", "source_profile = q")
         + role("profile q", "Never", "source_profile = default"),
         credentials=keys("q", "AKIAQ"), key="Top<AKIAQ"),
    Case("role by the environment", config=role("profile p", "Top", "credential_source = Environment"),
         variables=ENV, profile="p", key="Top<AKIAENV"),
    Case("role by the environment without keys",
         config=role("profile p", "Top", "credential_source = Environment"), profile="p"),
    Case("role by the container",
         config=role("default", "Top", "credential_source = EcsContainer"), variables=CONTAINER,
         key="Top<CONTAINER"),
    Case("role by the instance",
         config=role("default", "Top", "credential_source = Ec2InstanceMetadata"), variables=IMDS,
         key="Top<IMDS"),
    Case("role by web identity", config=role("default", "Top", "source_profile = q")
         + role("profile q", "Pod", "web_identity_token_file = HOME/jwt"), files=JWT,
         key="Top<Pod<TOKEN"),
    Case("role by a process", config=role("default", "Top", "source_profile = q")
         + process("profile q", "AKIAPROCESS"), key="Top<AKIAPROCESS"),
    Case("role by Identity Center", config=role("default", "Top", "source_profile = q")
         + SSO.format("profile q") + SSO_SESSION, files=token_file("corp"), key="Top<" + SSO_KEY),
    Case("circle", config=role("default", "A", "source_profile = q")
         + role("profile q", "B", "source_profile = default")),
    Case("circle through keys", config=role("default", "A", "source_profile = q")
         + role("profile q", "B", "source_profile = default"),
         credentials=keys("default", "AKIADEFAULT")),
    Case("circle of one", config=role("default", "A", "source_profile = default")),
    Case("role with two sources", variables=CONTAINER, credentials=keys("base", "AKIABASE"),
         config=role("default", "A", "source_profile = base\ncredential_source = EcsContainer")),
    Case("role with no source", config=role("default", "A", "")),
    Case("source that is not there", config=role("default", "A", "source_profile = q")),
    Case("source without credentials", variables=CONTAINER,
         config=role("default", "A", "source_profile = q") + "[profile q]\nregion = x\n"),
    Case("source of no kind", config=role("default", "A", "credential_source = Moon")),

    Case("web identity of the environment", variables=WEB, files=JWT, key="EnvWeb<TOKEN"),
    Case("web identity of the environment before keys", variables=WEB, files=JWT,
         credentials=keys("default", "AKIADEFAULT"), key="EnvWeb<TOKEN"),
    Case("web identity of the environment, not for a named profile", variables=WEB, files=JWT,
         credentials=keys("p", "AKIAP"), profile="p", key="AKIAP"),
    Case("web identity of the profile", config=WEB_PROFILE, files=JWT, key="Web<TOKEN"),
    Case("web identity of both", config=WEB_PROFILE, variables=WEB, files=JWT, key="EnvWeb<TOKEN"),
    Case("web identity mixed", config="[default]\nweb_identity_token_file = HOME/jwt\n", files=JWT,
         variables={"AWS_ROLE_ARN": WEB["AWS_ROLE_ARN"]}, key="EnvWeb<TOKEN"),
    Case("web identity beside a role without a source", config=role("default", "Top", ""),
         variables=WEB, files=JWT),
    Case("web identity without its file", config=WEB_PROFILE),
    Case("web identity without a role", files=JWT,
         variables={"AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/jwt"}),

    Case("Identity Center", config=SSO.format("profile p") + SSO_SESSION, profile="p",
         files=token_file("corp"), key=SSO_KEY),
    Case("Identity Center before keys", config=SSO.format("default") + SSO_SESSION,
         credentials=keys("default", "AKIADEFAULT"), files=token_file("corp"), key=SSO_KEY),
    Case("Identity Center with a login that is renewed", config=SSO.format("default") + SSO_SESSION,
         files=token_file("corp", expires="2020-01-01T00:00:00Z"),
         key="SSO-111122223333-Ops-renewed-r"),
    Case("Identity Center without a session", files=token_file("https://x"), key=SSO_KEY,
         config="[default]\nsso_account_id = 111122223333\nsso_role_name = Ops\n"
                "sso_region = eu-west-1\nsso_start_url = https://x\n"),
    Case("Identity Center with a login that is over", config="[default]\nsso_account_id = 1\n"
         "sso_role_name = Ops\nsso_region = eu-west-1\nsso_start_url = https://x\n",
         files=token_file("https://x", expires="2020-01-01T00:00:00Z")),
    Case("Identity Center without a login", config=SSO.format("default") + SSO_SESSION,
         credentials=keys("default", "AKIADEFAULT")),
    Case("Identity Center that contradicts itself", files=token_file("corp"),
         config=SSO.format("default") + "sso_region = other\n" + SSO_SESSION),

    Case("credentials file before a process", config=process("default", "AKIAPROCESS"),
         credentials=keys("default", "AKIADEFAULT"), key="AKIADEFAULT"),
    Case("process before the config file",
         config=keys("default", "AKIACONFIG") + process("x", "AKIAPROCESS").partition("\n")[2],
         key="AKIAPROCESS"),
    Case("process that fails", config="[default]\ncredential_process = false\n",
         variables=CONTAINER),

    Case("container", variables=CONTAINER, key="CONTAINER"),
    Case("container with a token", key="CONTAINERsecret",
         variables={**CONTAINER, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "secret"}),
    Case("container with a token in a file", files={"t": "in-file"}, key="CONTAINERin-file",
         variables={**CONTAINER, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "no",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "HOME/t"}),
    Case("container before the instance", variables={**CONTAINER, **IMDS}, key="CONTAINER"),
    Case("container far away", variables={
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/container"}),
    Case("container for a profile without keys", config="[profile p]\nregion = x\n", profile="p",
         variables=CONTAINER, key="CONTAINER"),
    Case("instance", variables=IMDS, key="IMDS"),

    Case("endpoint of STS in the profile", key="Top<AKIABASE",
         config=role("default", "Top", "source_profile = base\nservices = s")
         + "[services s]\nsts =\n  endpoint_url = SERVICE\n", credentials=keys("base", "AKIABASE"),
         variables={"AWS_ENDPOINT_URL_STS": ""}),
    Case("general endpoint", variables={"AWS_ENDPOINT_URL_STS": "", "AWS_ENDPOINT_URL": "SERVICE"},
         config=role("default", "Top", "source_profile = base"),
         credentials=keys("base", "AKIABASE"), key="Top<AKIABASE"),

    Case("dialect: quotes, colons, case, line ends", profile="my profile", key="AKIAQUOTED",
         config="# c\r\n[profile \"my profile\"]\r\nAWS_ACCESS_KEY_ID: AKIAQUOTED\r\n"
                "; c\r\naws_secret_access_key=a=b\r\n"),
    Case("dialect: indentation, nesting", key="AKIAINDENTED",
         config="[default]\n  s3 =\n     addressing_style = path\n\n     # c\n     x = y\n"
                "  aws_access_key_id = AKIAINDENTED\n  aws_secret_access_key = s\n"),
    Case("dialect: other sections", key="AKIADEFAULT", config="[plugins]\na = b\n[p]\nc = d\n"
         + keys("default", "AKIADEFAULT")),
    Case("dialect: plain name in the config file", config=keys("p", "AKIAP"), profile="p"),
    Case("dialect: no section", config="aws_access_key_id = A\n"),
    Case("dialect: cut header", config="[default\nx = y\n"),
    Case("dialect: nested without a value", config="[default]\ns3 =\n  nonsense\n"),
]


def run(command, environment):
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


class World:
    """A home directory and an environment as a case wants them."""

    def __init__(self, case, service, home):
        self.case, self.service, self.home = case, service, home
        self.write({".aws/config": case.config, ".aws/credentials": case.credentials, **case.files})
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_STS": service, "AWS_ENDPOINT_URL_SSO": service,
            "AWS_ENDPOINT_URL_SSO_OIDC": service, "AWS_EC2_METADATA_SERVICE_ENDPOINT": service,
            "AWS_EC2_METADATA_DISABLED": "true",
            **{name: self.filled(value) for name, value in case.variables.items()}}

    def filled(self, text):
        return text.replace("HOME", str(self.home)).replace("SERVICE", self.service)

    def write(self, files):
        for name, content in files.items():
            if content:
                (self.home / name).parent.mkdir(parents=True, exist_ok=True)
                (self.home / name).write_bytes(self.filled(content).encode())

    def ours(self):
        return run([PROBE, self.case.profile], self.environment)

    def theirs(self):
        return run([sys.executable, "-c", BOTOCORE, self.case.profile], self.environment)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_same_key(case, service, tmp_path):
    world = World(case, service, tmp_path)
    ours = world.ours()
    world.write(case.files)  # a login that was renewed has been written back
    theirs = world.theirs()
    assert theirs.get("access_key_id") == case.key, theirs
    assert ours.get("access_key_id") == case.key, ours
    assert ours.get("has_token") == theirs.get("has_token")


def test_a_login_that_was_renewed_here_serves_others(service, tmp_path):
    case = Case("", config=SSO.format("default") + SSO_SESSION,
                files=token_file("corp", expires="2020-01-01T00:00:00Z"))
    world = World(case, service, tmp_path)
    key = world.ours()["access_key_id"]
    world.environment["AWS_ENDPOINT_URL_SSO_OIDC"] = "http://127.0.0.1:1"
    assert key == "SSO-111122223333-Ops-renewed-r"
    assert world.theirs().get("access_key_id") == key
