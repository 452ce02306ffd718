"""What comes out of Word stands in a text with links to their targets, for the editor at once and for readers."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

OF_WORD = (Path(__file__).parent / "cases" / "word-einfuegen.html").read_text()
PASTE = """([html, text]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/html', html);
  clipboardData.setData('text/plain', text);
  document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}));
}"""


@pytest.mark.audit
def test_a_text_that_is_pasted_from_word_leads_to_the_targets_of_its_links(official, browser, served_site):
    index = official.request.get("/admin/api/main/pages/", params={"slug": "aktuelles"}).json()["items"][0]["id"]
    official.goto(f"/admin/pages/add/intmk/newspage/{index}/")
    official.locator("[name=title]").fill("Aus Word")
    official.locator(".c-sf-add-button").first.click()
    official.get_by_role("option", name=re.compile("Abschnitt")).first.click()
    text = official.locator(".public-DraftEditor-content").first
    text.click()
    official.evaluate(PASTE, [OF_WORD, "egal"])
    expect(text).to_contain_text("Siehe den Bericht")
    stored = official.locator("[name$=-text]").first
    expect(stored).to_have_value(re.compile('"url":"https://www.example.org/bericht"'))
    assert not re.search("safelinks|erika|_ftn|file:", stored.input_value())

    official.get_by_role("button", name="Weitere Aktionen").or_(
        official.locator("footer [data-w-dropdown-target='toggle']")
    ).first.click()
    official.get_by_role("button", name="Veröffentlichen").first.click()
    expect(official.locator(".messages .success")).to_contain_text("veröffentlicht")
    main = browser.new_context(base_url=served_site.url).new_page()
    main.goto("/aktuelles/aus-word/")
    links = main.locator("main .rich a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == ["https://www.example.org/bericht", "mailto:post@example.org?subject=Frage"]
    expect(main.locator("main .rich li")).to_have_text(["Erster Spiegelpunkt", "Zweiter Spiegelpunkt"])
