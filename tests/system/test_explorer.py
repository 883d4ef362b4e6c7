"""The pages in a real browser: they work, they ask nobody else for anything, and the console stays clean."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import needs
from tests.system.conftest import Service

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
REPORT_VIOLATIONS = (
    "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
)

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.usefixtures("node")]


@pytest.fixture(name="browser", scope="module")
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=needs.chromium(), args=QUIET)


@pytest.fixture(name="context")
def _context(browser: Browser, toy_service: str) -> Iterator[BrowserContext]:
    """A fresh profile; at the end its console is clean and it has asked no other host."""
    context = browser.new_context(base_url=toy_service, viewport={"width": 1280, "height": 800})
    context.add_init_script(REPORT_VIOLATIONS)
    said: list[str] = []
    context.on("console", lambda m: said.append(m.text) if m.type in {"error", "warning"} else None)
    context.on("weberror", lambda e: said.append(str(e.error)))
    context.on("request", lambda r: None if _ours(r.url, toy_service) else said.append(r.url))
    yield context
    context.close()
    assert said == []


def _ours(url: str, base: str) -> bool:
    return url.startswith((base, base.replace("http", "ws", 1), "data:"))


@pytest.fixture(name="explorer")
def _explorer(context: BrowserContext) -> Page:
    """The explorer, ready: its editor is there and its schema loaded."""
    page = context.new_page()
    with page.expect_response(lambda r: r.request.method == "POST" and r.url.endswith("/graphql")):
        page.goto("/graphql")
    expect(page.locator(".graphiql-query-editor .view-line").first).to_be_visible()
    return page


def write(page: Page, editor: str, text: str) -> None:
    """Replace what an editor of GraphiQL holds."""
    page.locator(f'.monaco-editor[data-uri$="{editor}"]').click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def operation(page: Page, name: str, text: str) -> None:
    """Write an operation, and wait until the page has understood it: its tab bears the name."""
    write(page, "operation.graphql", text)
    expect(page.locator(".graphiql-tab").filter(has_text=name).first).to_be_visible()


def run(page: Page) -> None:
    page.get_by_role("button", name="Execute query").click()


def answer(page: Page) -> Any:
    """The answer's editor; Monaco writes spaces as non-breaking ones, so tests look for single words."""
    return page.locator(".result-window .view-lines")


def test_a_query_runs_and_stays_in_the_history(explorer: Page) -> None:
    operation(explorer, "Who", "query Who { viewer }")
    run(explorer)
    expect(answer(explorer)).to_contain_text("urn:omnisonic:actor:anonymous")
    explorer.get_by_role("button", name="Show History").click()
    expect(explorer.get_by_role("region", name="History")).to_contain_text("Who")


def test_the_headers_editor_carries_a_token(explorer: Page) -> None:
    operation(explorer, "Who", "query Who { viewer }")
    explorer.get_by_role("button", name="Headers").click()
    write(explorer, "request-headers.json", '{"Authorization": "Bearer good"')  # the editor closes the brace
    run(explorer)
    expect(answer(explorer)).to_contain_text("urn:omnisonic:actor:tester")


def test_a_subscription_shows_each_result(explorer: Page) -> None:
    operation(explorer, "Takes", "subscription Takes { recordingUpdated { title } }")
    run(explorer)
    expect(answer(explorer)).to_contain_text("3)")


def test_the_docs_describe_the_schema(explorer: Page) -> None:
    explorer.get_by_role("button", name="Show Documentation Explorer").click()
    docs = explorer.get_by_role("region", name="Documentation Explorer")
    docs.get_by_role("link", name="Query", exact=True).click()
    expect(docs).to_contain_text("Recordings, the newest first.")


def test_the_five_samples_are_tabs_and_a_menu(explorer: Page) -> None:
    tabs = explorer.locator(".graphiql-tab")
    expect(tabs).to_have_count(5)
    explorer.get_by_role("button", name="Show Sample queries").click()
    samples = explorer.get_by_role("region", name="Sample queries").get_by_role("listitem")
    expect(samples).to_have_count(5)
    samples.nth(3).get_by_role("button").click()
    expect(tabs).to_have_count(6)
    expect(explorer.locator(".graphiql-query-editor .view-lines")).to_contain_text("didYouMean")


def test_a_link_can_carry_a_query(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/graphql?query={viewer}")
    expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("viewer")
    run(page)
    expect(answer(page)).to_contain_text("anonymous")


def test_the_landing_page_leads_on(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("definition")).to_have_text(["1", "1", "1", "1"])
    page.get_by_role("link", name="GraphQL over HTTP and WebSocket").click()
    expect(page.locator("body")).to_contain_text("graphql-transport-ws")
    page.go_back()
    page.get_by_role("link", name="Ask with a plain form").click()
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_label("Answer")).to_contain_text("totalCount")
    page.get_by_role("link", name="Open the explorer").click()
    expect(page.locator(".graphiql-query-editor .view-line").first).to_be_visible()


def test_without_scripts_a_form_answers(browser: Browser, toy_service: str) -> None:
    context = browser.new_context(base_url=toy_service, java_script_enabled=False)
    page = context.new_page()
    page.goto("/graphql")
    page.wait_for_url("**/graphql?form=1*")
    page.get_by_label("Query").fill("query Q($n: Int) { recordings(first: $n) { nodes { title } } }")
    page.get_by_label("Variables").fill('{"n": 1}')
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_label("Answer")).to_contain_text('"title": "Running Up That Hill"')
    page.get_by_label("Variables").fill("<script>alert(1)</script>")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_label("Answer")).to_contain_text("BAD_JSON")
    page.get_by_label("Query").fill('mutation { rename(title: "x") { title } }')
    page.get_by_label("Variables").fill("")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_label("Answer")).to_contain_text("MUTATION_OVER_GET")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_our_pages_are_accessible(browser: Browser, toy_service: str, scheme: Any, width: int) -> None:
    """What axe can find, it does not find; and no page needs sideways scrolling."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, base_url=toy_service)
    page = context.new_page()
    for path in ("/", "/graphql?form=1&query={recordings{nodes{title}}}", "/nothing/here"):
        page.goto(path)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("async () => (await axe.run()).violations.map(v => v.id + ' ' + v.nodes[0].html)")
        assert (path, found) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_the_explorer_has_only_its_makers_known_faults(explorer: Page) -> None:
    """GraphiQL 5.4 has two faults of its own that axe sees; what we added has none."""
    explorer.get_by_role("button", name="Show Sample queries").click()
    explorer.evaluate(AXE.read_text(encoding="utf-8"))
    found = explorer.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
    assert set(found) <= {"color-contrast", "nested-interactive"}


def test_the_sources_of_the_explorer_are_well_typed(node: str) -> None:
    tsc = [node, "node_modules/typescript/bin/tsc", "-p", "omnisonic/web/explorer"]
    done = subprocess.run(tsc, cwd=AXE.parents[2], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_before_the_build_the_page_says_what_to_run(toy_service_unbuilt: str) -> None:
    page = httpx.get(f"{toy_service_unbuilt}/graphql", headers={"accept": "text/html"})
    assert page.status_code == 503
    assert "scripts/build-web" in page.text


def test_assets_are_kept_for_ever_and_pages_are_not(toy_service: str) -> None:
    page = httpx.get(f"{toy_service}/graphql", headers={"accept": "text/html"})
    assert "'unsafe-eval'" not in page.headers["content-security-policy"]
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-cache"
    [script] = [part.split('"')[0] for part in page.text.split('src="')[1:]]
    for encoding in ("gzip", "identity"):
        asset = httpx.get(f"{toy_service}{script}", headers={"accept-encoding": encoding})
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert asset.headers["content-type"].startswith("text/javascript")
        assert asset.headers.get("content-encoding", "identity") == encoding
    for name in ("none.js", "..%2fpages.py", "manifest.json"):
        assert httpx.get(f"{toy_service}/assets/{name}").status_code == 404


def test_what_is_not_there_is_told_to_people_and_programs(toy_service: str) -> None:
    people = httpx.get(f"{toy_service}/nothing", headers={"accept": "text/html"})
    assert (people.status_code, "<h1>Nothing here</h1>" in people.text) == (404, True)
    program = httpx.get(f"{toy_service}/nothing", headers={"accept": "application/json"})
    assert (program.status_code, program.json()["errors"][0]["extensions"]["code"]) == (404, "NOT_FOUND")


def test_the_samples_run_on_the_real_service(real_service: Service) -> None:
    """Also on a store that holds nothing that they ask for."""
    samples = sorted((AXE.parents[2] / "omnisonic/web/explorer/queries").glob("*.graphql"))
    for path in samples[:4]:
        assert real_service.ask(path.read_text(encoding="utf-8"))


def test_the_explorer_runs_on_the_real_service(browser: Browser, real_service: Service) -> None:
    """A first visit: the first sample, as it stands, finds what is there."""
    title = "A recording that the first sample finds"
    real_service.ask(
        'mutation W($t: String!) { upsertRecording(input: { title: $t, isrc: "GBAHS1400099" }) { cid } }', t=title
    )
    page = browser.new_page(base_url=real_service.url)
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in {"error", "warning"} else None)
    page.goto("/graphql")
    expect(page.locator(".graphiql-tab").first).to_contain_text("RecordingByIsrc")
    expect(page.locator(".graphiql-query-editor .view-line").first).to_be_visible()
    run(page)
    expect(answer(page)).to_contain_text(re.compile(title.replace(" ", r"\s")))
    page.close()
    assert said == []
