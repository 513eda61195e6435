#!/usr/bin/env python3
"""Recovers a workload from the calls in calls.json, by OpenStack's API alone. Needs Python 3.7 or newer and nothing else.

Start it again whenever it stopped, for whatever reason: it goes on where it was. What it does is written to journal.jsonl
beside it, before and after each call. Never run it on two machines at once, and keep the journal.

Exit codes: 0 done, 1 stopped by an error (start it again when it is mended), 2 wrong usage, 3 waits for a person,
4 no credentials or no connection, 5 the bundle is damaged, 6 it is running already.
"""
import argparse
import fcntl
import hashlib
import http.client
import json
import os
import re
import socket
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
REFERENCE = re.compile(r"\$\{(\d+|given|each)\.([\w.:-]+)\}")


class Stop(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class NotMade(Exception):
    """A call refers to what an earlier one did not make."""


def say(text=""):
    print(text, flush=True)


# ---------------------------------------------------------------------------------------------------- credentials


def scalar(text):
    text = text.strip()
    if text[:1] == '"':
        return json.loads(text[: text.rindex('"') + 1])
    if text[:1] == "'":
        return text[1 : text.rindex("'")].replace("''", "'")
    if text[:1] in "{[" and text:
        raise Stop(4, "clouds.yaml has %s, which is not understood without PyYAML: write it line by line." % text)
    text = re.split(r"\s#", " " + text)[0].strip()
    return {"true": True, "false": False, "null": None, "~": None, "": None}.get(text.lower(), text)


def plain_yaml(text):
    """Maps in maps, as clouds.yaml has them; used where PyYAML is not installed. Lists are skipped."""
    root = {}
    open_maps = [(-1, root)]
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped[0] in "#-" or stripped == "---":
            continue
        indent = len(line) - len(line.lstrip(" "))
        match = re.match(r"""(?:"([^"]*)"|'([^']*)'|([^:#]+?))\s*:(?:\s+(.*))?$""", stripped)
        if not match:
            raise Stop(4, "clouds.yaml has a line that is not understood without PyYAML: %r" % stripped)
        key = next(group for group in match.groups()[:3] if group is not None)
        while open_maps[-1][0] >= indent:
            open_maps.pop()
        value = scalar(match.group(4) or "")
        if value is None:
            value = {}
            open_maps.append((indent, value))
            open_maps[-2][1][key] = value
        else:
            open_maps[-1][1][key] = value
    return root


def read_yaml(path):
    with open(path) as file:
        text = file.read()
    if text.lstrip()[:1] == "{":
        return json.loads(text)
    try:
        import yaml
    except ImportError:
        return plain_yaml(text)
    return yaml.safe_load(text)


def merged(under, over):
    if not isinstance(under, dict) or not isinstance(over, dict):
        return over
    return {key: merged(under[key], over[key]) if key in under and key in over else over.get(key, under.get(key)) for key in {**under, **over}}


def cloud_entry(name):
    wanted = os.environ.get("OS_CLIENT_CONFIG_FILE")
    places = [wanted] if wanted else ["clouds.yaml", os.path.expanduser("~/.config/openstack/clouds.yaml"), "/etc/openstack/clouds.yaml"]
    path = next((place for place in places if os.path.exists(place)), None)
    if path is None:
        raise Stop(4, "No clouds.yaml in %s. Set OS_CLIENT_CONFIG_FILE, or OS_AUTH_URL and its like." % ", ".join(places))
    config = read_yaml(path)
    secure = os.path.join(os.path.dirname(path), "secure.yaml")
    if os.path.exists(secure):
        config = merged(config, read_yaml(secure))
    clouds = config.get("clouds") or {}
    if name not in clouds:
        raise Stop(4, '"%s" is not in %s, which has: %s. Choose one with --cloud.' % (name, path, ", ".join(clouds) or "none"))
    return clouds[name]


def credentials(name):
    """From clouds.yaml where a cloud is named, else from the environment."""
    if name:
        entry = cloud_entry(name)
        auth = dict(entry.get("auth") or {})
    else:
        entry = {"region_name": os.environ.get("OS_REGION_NAME"), "interface": os.environ.get("OS_INTERFACE"), "cacert": os.environ.get("OS_CACERT"), "verify": not os.environ.get("OS_INSECURE")}
        auth = {key[3:].lower(): value for key, value in os.environ.items() if key.startswith("OS_")}
    url = (auth.get("auth_url") or "").rstrip("/")
    if not url:
        raise Stop(4, "There is no auth_url: give --cloud NAME (of clouds.yaml), or set OS_AUTH_URL.")
    if not re.search(r"/v3$", url):
        url = re.sub(r"/v2\.0$", "", url) + "/v3"
    if auth.get("application_credential_id"):
        identity = {"methods": ["application_credential"], "application_credential": {"id": auth["application_credential_id"], "secret": auth.get("application_credential_secret")}}
        body = {"auth": {"identity": identity}}
    else:
        user = {"password": str(auth.get("password"))}
        if auth.get("user_id"):
            user["id"] = auth["user_id"]
        else:
            user.update({"name": auth.get("username"), "domain": domain_of(auth, "user_domain")})
        project = {"id": auth["project_id"]} if auth.get("project_id") else {"name": auth.get("project_name"), "domain": domain_of(auth, "project_domain")}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": {"project": project}}}
    interface = re.sub("URL$", "", entry.get("interface") or entry.get("endpoint_type") or "public")
    return {"url": url, "body": body, "region": entry.get("region_name") or None, "interface": interface, "cacert": entry.get("cacert") or None, "verify": entry.get("verify", True)}


def domain_of(auth, which):
    if auth.get(which + "_id"):
        return {"id": auth[which + "_id"]}
    return {"name": auth.get(which + "_name") or auth.get("domain_name") or "Default"}


# ------------------------------------------------------------------------------------------------------- the API

SERVICES = {
    "identity": (["identity"], "/v3"),
    "compute": (["compute"], "/v2.1"),
    "image": (["image"], "/v2"),
    "network": (["network"], "/v2.0"),
    "volume": (["volumev3", "block-storage", "volume", "block-store"], "/v3/{project}"),
    "dns": (["dns"], "/v2"),
    "load-balancer": (["load-balancer"], "/v2"),
    "key-manager": (["key-manager"], "/v1"),
    "share": (["sharev2", "shared-file-system"], "/v2"),
    "orchestration": (["orchestration"], "/v1/{project}"),
}
REFUSED_UNHANDLED = (429, 503)


class Refused(Exception):
    def __init__(self, status, text, what):
        super().__init__("%s: %s %s" % (what, status, text.strip()[:500]))
        self.status = status
        self.over_quota = "quota" in text.lower()


class Lost(Exception):
    """No answer came, and nobody knows whether the call was carried out."""


class Api:
    def __init__(self, config, patience):
        self.config, self.patience = config, patience
        self.context = ssl.create_default_context(cafile=config["cacert"]) if config["verify"] else ssl._create_unverified_context()
        self.token = None

    def sign_in(self):
        headers, answer = self.exchange("POST", self.config["url"] + "/auth/tokens", self.config["body"], {}, True, "sign in")
        self.token, token = headers["X-Subject-Token"], json.loads(answer)["token"]
        if "project" not in token:
            raise Stop(4, "These credentials are of no project.")
        self.project, self.catalog = token["project"]["id"], token["catalog"]

    def root(self, service):
        types, version = SERVICES[service]
        for wanted in types:
            for entry in self.catalog:
                if entry["type"] != wanted:
                    continue
                for endpoint in entry["endpoints"]:
                    region = self.config["region"]
                    if endpoint["interface"] == self.config["interface"] and region in (None, endpoint.get("region"), endpoint.get("region_id")):
                        parts = urllib.parse.urlsplit(endpoint["url"])
                        bare = re.sub(r"/v\d+(\.\d+)?(/[^/]*)?$", "", parts.path.rstrip("/"))
                        return "%s://%s%s%s" % (parts.scheme, parts.netloc, bare, version.format(project=self.project))
        raise Stop(4, "This cloud has no %s service%s." % (service, " in region " + self.config["region"] if self.config["region"] else ""))

    def call(self, method, service, path, body=None, microversion=None, content_type=None):
        """One call; reads and deletes are repeated until an answer comes. Raises Refused, or Lost where a write may have happened."""
        headers = {"Content-Type": content_type} if content_type else {}
        if microversion and service in ("compute", "volume"):
            headers["OpenStack-API-Version"] = "%s %s" % (service, microversion)
        what = "%s %s %s" % (method, service, path)
        for renewed in (False, True):
            if self.token is None:
                self.sign_in()
            headers["X-Auth-Token"] = self.token
            try:
                _, answer = self.exchange(method, self.root(service) + path, body, headers, method in ("GET", "DELETE"), what)
                return json.loads(answer) if answer.strip() else {}
            except Refused as refused:
                if refused.status != 401 or renewed:
                    raise
                self.token = None

    def exchange(self, method, url, body, headers, repeatable, what):
        data = None if body is None else json.dumps(body).encode()
        end = time.monotonic() + self.patience
        tries = 0
        while True:
            tries += 1
            request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": "application/json", "Accept": "application/json", **headers})
            pause, problem = min(2 ** tries, 20), None
            try:
                with urllib.request.urlopen(request, timeout=120, context=self.context) as answer:
                    return answer.headers, answer.read().decode()
            except urllib.error.HTTPError as error:
                text = error.read().decode(errors="replace")
                problem = Refused(error.code, text, what)
                again = error.code in REFUSED_UNHANDLED or (repeatable and error.code >= 500)
                if not again and error.code >= 500:
                    raise Lost("%s: %s %s" % (what, error.code, text[:300]))
                if not again:
                    raise problem
                asked = error.headers.get("Retry-After") or ""
                pause = min(int(asked), 300) if asked.isdigit() else pause
            except urllib.error.URLError as error:
                problem = error
                # Refused before anything was sent: it may be made again.
                unsent = isinstance(error.reason, (ConnectionRefusedError, socket.gaierror))
                if not repeatable and not unsent:
                    raise Lost("%s: %s" % (what, error.reason))
                if isinstance(error.reason, ssl.SSLError):
                    raise Stop(4, "%s: %s" % (what, error.reason))
            except (http.client.HTTPException, ConnectionError, socket.timeout) as error:
                problem = error
                if not repeatable:
                    raise Lost("%s: %s" % (what, error))
            if time.monotonic() + pause > end:
                if isinstance(problem, Refused):
                    raise problem
                raise Stop(4, "%s: no answer: %s" % (what, problem))
            time.sleep(pause)

    def items(self, listed):
        """All pages of a list."""
        query = urllib.parse.urlencode(listed.get("query") or {})
        path, seen = listed["path"] + ("?" + query if query else ""), set()
        while path and path not in seen:
            seen.add(path)
            page = self.call("GET", listed["service"], path, microversion=listed.get("microversion"))
            yield from (item[listed["item"]] if listed.get("item") else item for item in page[listed["key"]])
            path = self.next_page(page, listed, path)

    def next_page(self, page, listed, path):
        links = page.get(listed["key"] + "_links") or []
        link = next((one["href"] for one in links if one.get("rel") == "next"), None)
        link = link or (page.get("links") or {}).get("next") if isinstance(page.get("links") or {}, dict) else link
        link = link or page.get("next")
        return None if not link else listed["path"] + "?" + urllib.parse.urlsplit(link).query


# --------------------------------------------------------------------------------------------------- the journal


class Journal:
    """What was done, one JSON object a line; each line is on the disk before anything else happens."""

    def __init__(self, path):
        self.path = path
        try:
            self.file = open(path, "a+b")
        except OSError as error:
            raise Stop(2, "The journal %s cannot be written: %s. Copy the bundle elsewhere, or give --journal FILE." % (path, error.strerror))
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Stop(6, "%s is in use: another one is running." % path)
        self.entries, whole = {}, 0
        self.file.seek(0)
        for line in self.file.read().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break  # Cut off while it was written: what it was to say has not begun.
            whole += len(line)
            entry = json.loads(line)
            self.entries[entry["n"]] = {**self.entries.get(entry["n"], {}), **entry}
        self.file.truncate(whole)

    def put(self, n, **entry):
        entry = {"n": n, **entry}
        self.file.seek(0, os.SEEK_END)
        self.file.write(json.dumps(entry).encode() + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())
        self.entries[n] = {**self.entries.get(n, {}), **entry}

    def get(self, n):
        return self.entries.get(n, {})

    def state(self, n):
        return self.get(n).get("state")

    def close_undone(self):
        """Out of the way, so that the next recovery begins anew."""
        os.rename(self.path, "%s.undone-%d" % (self.path, time.time()))


# ------------------------------------------------------------------------------------------------------ the calls


def field_of(answer, path):
    for step in [step for step in path.split(".") if step]:
        if isinstance(answer, list) and step.isdigit() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, dict):
            answer = answer.get(step)
        else:
            return None
    return answer


def fits(live, wanted):
    """All that is wanted is so; what is absent is null."""
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(fits(live.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(live, list) and all(value in live for value in wanted)
    return live == wanted


def without(body, path):
    """A copy of the body without one field."""
    copy = json.loads(json.dumps(body))
    *steps, last = path.split(".")
    at = copy
    for step in steps:
        at = at.get(step) or {}
    at.pop(last, None)
    return copy


def takes_away(body):
    """Of what is not there nothing need be taken away."""
    return isinstance(body, dict) and any(key.startswith("os-unset_") for key in body)


class Recovery:
    def __init__(self, script, api, journal, options):
        self.script, self.api, self.journal, self.options = script, api, journal, options
        self.given = dict(pair.split("=", 1) for pair in options.given)

    # Texts refer to what earlier calls answered.

    def resolved(self, value, each=None):
        if isinstance(value, str):
            return REFERENCE.sub(lambda match: str(self.referred(match.group(1), match.group(2), each)), value)
        if isinstance(value, list):
            return [self.resolved(item, each) for item in value]
        if isinstance(value, dict):
            return {self.resolved(key, each): self.resolved(item, each) for key, item in value.items()}
        return value

    def referred(self, source, field, each):
        if source == "each":
            if each is None:
                return "${each.%s}" % field
            return each[field]
        if source == "given":
            if field not in self.given:
                raise Stop(3, "The copy of disk %s is made by hand (RUNBOOK.md says how). Then: --given %s=ID-OF-ITS-VOLUME" % (field, field))
            return self.given[field]
        value = self.journal.get(int(source)).get("keeps", {}).get(field)
        if value is None:
            raise NotMade(source)
        return value

    # The way there.

    def run(self):
        calls = {call["n"]: call for call in self.script["calls"]}
        for number, wave in enumerate(self.script["waves"]):
            self.told(wave, "before")
            for n in range(wave["from"], wave["to"] + 1):
                if self.journal.state(n) != "done":
                    self.make(calls[n])
            self.told(wave, "probes")
            self.told(wave, "after")
            self.ask(number, wave)
        say("Done: everything stands. What is left to do by hand is in RUNBOOK.md.")

    def told(self, wave, what):
        for thing in wave[what]:
            say("  [plan, wave %s] %s, not done by this script: %s" % (wave["name"], {"before": "hook before", "after": "hook after", "probes": "probe"}[what], json.dumps(thing)))

    def ask(self, number, wave):
        key = "wave-%d" % number
        if not wave.get("prompt") or self.journal.state(key) == "done":
            return
        say("Wave %s stands. The plan asks: %s" % (wave["name"], wave["prompt"]))
        if not self.options.yes:
            if not sys.stdin.isatty():
                raise Stop(3, "Start it again with --yes to go on.")
            if input("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
                raise Stop(3, "Not gone on. Start it again to be asked again.")
        self.journal.put(key, state="done")

    def make(self, call):
        self.announce(call)
        if "first" in call:
            self.wait(call, call["first"])
        if "each" in call:
            for each in self.others(call):
                self.quiet(self.resolved(call["path"], each), call, None)
            self.journal.put(call["n"], state="done")
            return
        path, body = self.resolved(call["path"]), self.resolved(call.get("body"))
        if "makes" in call:
            self.create(call, path, body)
        elif not self.already(call):
            if self.journal.state(call["n"]) != "made":
                self.journal.put(call["n"], state="intended")
                self.sent(call, path, body)
                self.journal.put(call["n"], state="made")
        if "wait" in call:
            self.wait(call, call["wait"])
        self.journal.put(call["n"], state="done")

    def announce(self, call, of=None):
        of = of or len(self.script["calls"])
        say("[%*d/%d] %-8s %-6s %s  (%s)" % (len(str(of)), call["n"], of, call["service"], call["method"], call["path"], call["what"]))

    def create(self, call, path, body):
        """Made once: what bears our mark, or came since we meant to make it, is it."""
        entry = self.journal.get(call["n"])
        if entry.get("state") == "made":
            return
        here = self.standing(call)
        if entry.get("state") != "intended":
            entry = {"before": [] if call["makes"]["find"]["marked"] else [identity for identity, _ in here]}
            self.journal.put(call["n"], state="intended", **entry)
        ours = [item for identity, item in here if identity not in entry.get("before", [])]
        answer, how = (self.wrapped(call, ours[0]), "made") if ours else self.sent_or_found(call, path, body)
        keeps = {field: field_of(answer, field) for field in call["keeps"]}
        if keeps.get(call["makes"]["id"]) is None:
            raise Stop(1, "%s answered no %s." % (call["path"], call["makes"]["id"]))
        self.journal.put(call["n"], state="made", how=how, keeps=keeps)

    def sent_or_found(self, call, path, body):
        wishes = list(call.get("wishes", []))
        while True:
            try:
                return self.sent(call, path, body, bool(wishes)), "made"
            except Refused as refused:
                if wishes:
                    body = without(body, wishes.pop(0))
                    continue
                here = self.standing(call) if refused.status == 409 else []
                if not here:
                    raise Stop(1, str(refused))
                say("         stands there already, and stays as it is")
                return self.wrapped(call, here[0][1]), "found"

    def wrapped(self, call, item):
        *outer, _ = call["makes"]["id"].split(".")
        return {outer[0]: item} if outer else item

    def standing(self, call):
        """What looks like ours: (id, item), oldest first."""
        find = call["makes"]["find"]
        listed = {**self.resolved({key: find[key] for key in ("path", "query", "key")}), "item": find.get("item"), "service": call["service"], "microversion": call.get("microversion")}
        where = self.resolved(find["where"])
        name = call["makes"]["id"].split(".")[-1]
        found = [item for item in self.api.items(listed) if any(fits(item, looks) for looks in where)]
        return [(item[name], item) for item in sorted(found, key=lambda item: str(item.get("created_at") or ""))]

    def sent(self, call, path, body, give_up=False):
        """Sends a write. One that got lost is looked for by starting again; what is busy is tried again for a while."""
        end = time.monotonic() + self.options.busy
        while True:
            try:
                return self.api.call(call["method"], call["service"], path, body, call.get("microversion"), call.get("contentType"))
            except Lost as lost:
                say("         lost: %s" % lost)
                time.sleep(self.options.poll)
                if "makes" in call:
                    return self.carried_out(call, lost)
                # All others may be made twice, or are seen to be so.
                if self.already(call):
                    return {}
                if time.monotonic() > end:
                    raise Stop(1, str(lost))
            except Refused as refused:
                if refused.status == 404 and takes_away(body):
                    return {}
                busy = refused.status == 409 and not refused.over_quota and not give_up and not ("makes" in call and self.standing(call))
                if not busy or time.monotonic() > end:
                    if "makes" in call:
                        raise
                    raise Stop(1, str(refused))
                time.sleep(self.options.poll)

    def carried_out(self, call, lost):
        """Nobody knows: what has come since is it. Where nothing has, it may still come, and only a person can tell."""
        before = self.journal.get(call["n"]).get("before", [])
        for identity, item in self.standing(call):
            if identity not in before:
                return self.wrapped(call, item)
        raise Stop(1, "%s. It cannot be seen whether it was carried out. Start this again in a minute: it looks first." % lost)

    def already(self, call):
        if "unless" not in call:
            return False
        unless = self.resolved(call["unless"])
        try:
            held = field_of(self.api.call("GET", call["service"], unless["path"], microversion=call.get("microversion")), unless["field"])
        except Refused as refused:
            if refused.status in (403, 404):
                return False
            raise Stop(1, str(refused))
        return held <= unless["atMost"] if "atMost" in unless and held is not None else "is" in unless and held == unless["is"]

    def others(self, call):
        """Of a list, what is not of ours."""
        each = call["each"]
        listed = {**self.resolved({key: each[key] for key in ("path", "query", "key")}), "item": each.get("item"), "service": call["service"], "microversion": call.get("microversion")}
        ours = set()
        for reference in each["except"]:
            try:
                ours.add(self.resolved(reference))
            except NotMade:
                pass
        return [item for item in self.api.items(listed) if item["id"] not in ours]

    def wait(self, call, wait):
        path, end, last = self.resolved(wait["path"]), time.monotonic() + self.options.wait, None
        while True:
            try:
                answer = self.api.call("GET", call["service"], path, microversion=call.get("microversion"))
            except Refused as refused:
                if refused.status != 404:
                    raise Stop(1, str(refused))
                if wait.get("gone"):
                    return
                if "makes" in call:
                    self.journal.put(call["n"], state="gone")
                raise Stop(1, "%s has gone: somebody removed it. Start this again to have it made again." % path)
            last = str(field_of(answer, wait["field"])) if wait["field"] else "still there"
            if last in wait["until"]:
                return
            if last in wait["fail"]:
                fault = (field_of(answer, "server.fault") or {}).get("message", "")
                raise Stop(1, "%s is in %s%s. See the cloud's own log; delete it there and start this again to have it made again." % (path, last, ": " + fault if fault else ""))
            if time.monotonic() > end:
                raise Stop(1, "%s is %s after %d s (--wait); start this again to go on waiting." % (path, last, self.options.wait))
            time.sleep(self.options.poll)

    # The way back.

    def undo(self):
        self.find_lost()
        for call in self.script["undo"]:
            try:
                self.take_back(call)
            except NotMade:
                pass
        left = [what for call in reversed(self.script["calls"]) for what in self.removed(call)]
        if left:
            raise Stop(1, "Left behind: %s. Start this again, or remove them by hand." % "; ".join(left))
        self.journal.close_undone()
        say("Undone: nothing is left of it.")

    def find_lost(self):
        """What was meant to be made when it was cut off may stand."""
        for call in self.script["calls"]:
            entry = self.journal.get(call["n"])
            if "makes" not in call or entry.get("state") != "intended":
                continue
            try:
                ours = [item for identity, item in self.standing(call) if identity not in entry.get("before", [])]
            except NotMade:
                continue
            for item in ours[:1]:
                answer = self.wrapped(call, item)
                self.journal.put(call["n"], state="made", how="made", keeps={field: field_of(answer, field) for field in call["keeps"]})

    def take_back(self, call):
        made = [one for one in self.script["calls"] if "makes" in one and one["of"] == call["of"]]
        if made and not any(self.journal.get(one["n"]).get("how") == "made" for one in made):
            return  # It was never made, or stood there before.
        for each in self.others(call) if "each" in call else [None]:
            path, body = self.resolved(call["path"], each), self.resolved(call.get("body"), each)
            self.announce(call, len(self.script["calls"]) + len(self.script["undo"]))
            self.quiet(path, call, body)
        if "wait" in call:
            self.wait(call, call["wait"])

    def quiet(self, path, call, body):
        """Takes something away, or back; what is not there any more need not be. What is in use is tried again for a while."""
        end = time.monotonic() + self.options.busy
        while True:
            try:
                return self.api.call(call["method"], call["service"], path, body, call.get("microversion"), call.get("contentType"))
            except Lost as lost:
                if time.monotonic() > end:
                    say("         lost: %s" % lost)
                    return None
            except Refused as refused:
                if refused.status == 404:
                    return None
                if refused.status not in (400, 409) or time.monotonic() > end:
                    # Said at the end, if it is still there then.
                    say("         refused: %s" % refused)
                    return None
            time.sleep(self.options.poll)

    def removed(self, call):
        """What a call made and is still there; deletes it once more."""
        entry = self.journal.get(call["n"])
        if "makes" not in call or entry.get("state") not in ("made", "done") or entry.get("how") != "made":
            return
        path = self.resolved(call["makes"]["path"])
        end = time.monotonic() + self.options.busy
        while self.is_there(call, path):
            self.quiet(path, {**call, "method": "DELETE"}, None)
            if time.monotonic() > end:
                yield "%s (%s)" % (path, call["what"])
                return
            time.sleep(self.options.poll)

    def is_there(self, call, path):
        try:
            self.api.call("GET", call["service"], path, microversion=call.get("microversion"))
            return True
        except Refused as refused:
            if refused.status == 404:
                return False
            raise Stop(1, str(refused))


# ------------------------------------------------------------------------------------------------------------ main


def read_bundle(edited):
    try:
        with open(os.path.join(HERE, "manifest.json")) as file:
            manifest = json.load(file)
        for name, wanted in manifest["files"].items():
            with open(os.path.join(HERE, name), "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() != wanted and not edited:
                    raise Stop(5, "%s is not as it was written: damaged, or edited (then give --edited)." % name)
        with open(os.path.join(HERE, "calls.json")) as file:
            return manifest, json.load(file)
    except (OSError, ValueError, KeyError) as error:
        raise Stop(5, "The bundle is incomplete: %s" % error)


def show(script, undo):
    for wave in script["waves"]:
        for call in [] if undo else script["calls"][wave["from"] - 1 : wave["to"]]:
            print_call(call)
        if wave.get("prompt") and not undo:
            say("--- wave %s stands; the plan asks: %s" % (wave["name"], wave["prompt"]))
    for call in script["undo"] if undo else []:
        print_call(call)


def print_call(call):
    say("%d. %s %s %s  # %s" % (call["n"], call["method"], call["service"], call["path"], call["what"]))
    if "body" in call:
        say("   " + json.dumps(call["body"]))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cloud", default=os.environ.get("OS_CLOUD"), help="a name of clouds.yaml; without it OS_CLOUD, or OS_AUTH_URL and its like")
    parser.add_argument("--dry-run", action="store_true", help="print the calls; needs no credentials and makes nothing")
    parser.add_argument("--undo", action="store_true", help="remove what was made")
    parser.add_argument("--yes", action="store_true", help="go on where the plan asks a person")
    parser.add_argument("--given", action="append", default=[], metavar="DISK=VOLUME", help="the volume that was made by hand for a disk")
    parser.add_argument("--edited", action="store_true", help="calls.json was edited on purpose")
    parser.add_argument("--any-project", action="store_true", help="the project of these credentials is another one than the bundle was made for")
    parser.add_argument("--journal", default=os.path.join(HERE, "journal.jsonl"), metavar="FILE")
    parser.add_argument("--wait", type=float, default=1800, metavar="SECONDS", help="for each thing to become ready (1800)")
    parser.add_argument("--busy", type=float, default=600, metavar="SECONDS", help="for what is in use or away (600)")
    parser.add_argument("--poll", type=float, default=2, metavar="SECONDS", help="between two looks (2)")
    return parser.parse_args()


def main():
    options = arguments()
    manifest, script = read_bundle(options.edited)
    say("Group %s, point %s, data as of %s." % (manifest["groupName"], manifest["point"], manifest["dataAsOf"]))
    if options.dry_run:
        return show(script, options.undo)
    journal = Journal(options.journal)
    api = Api(credentials(options.cloud), options.busy)
    try:
        api.sign_in()
    except (Refused, Lost) as refused:
        raise Stop(4, "Signing in was refused: %s" % refused)
    if api.project != script["projectId"] and not options.any_project:
        raise Stop(4, "The replicas are in project %s, and these credentials are of project %s." % (script["projectId"], api.project))
    recovery = Recovery(script, api, journal, options)
    try:
        recovery.undo() if options.undo else recovery.run()
    except (Refused, Lost) as problem:
        raise Stop(1, str(problem))
    except NotMade as needed:
        raise Stop(1, "The journal does not say what call %s made." % needed)


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        print("recover.py: %s" % stop, file=sys.stderr)
        sys.exit(stop.code)
    except KeyboardInterrupt:
        print("recover.py: interrupted; start it again to go on.", file=sys.stderr)
        sys.exit(1)
