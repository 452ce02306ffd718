"""What comes out of Word stands in a text with links to their targets, for the editor at once and for readers."""

import re

import pytest
from playwright.sync_api import expect

SAFE = (
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.org%2Fbericht"
    "&amp;data=05%7C02%7Cerika.muster%40ministerium.example%7Cabc&amp;sdata=xyz&amp;reserved=0"
)
OF_WORD = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><body lang=DE><!--StartFragment-->
<p class=MsoNormal><b>Die&nbsp;L&auml;nder</b> bitten.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>
<span style='font-family:Symbol'><span style='mso-list:Ignore'>&#183;<span>&nbsp;&nbsp;</span></span></span>
<![endif]>Erster Punkt<o:p></o:p></p>
<p class=MsoNormal>Siehe <a href="{SAFE}">den Bericht</a>, <a href="file:///C:/Users/MusterE/Entwurf.docx">Entwurf</a>,
<a href="mailto:post@example.org">Post</a> und<a href="#_ftn1" name="_ftnref1">[1]</a>.<o:p></o:p></p>
<!--EndFragment--></body></html>"""
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
    expect(official.get_by_text("veröffentlicht").first).to_be_visible()
    main = browser.new_context(base_url=served_site.url).new_page()
    main.goto("/aktuelles/aus-word/")
    links = main.locator("main .rich a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == ["https://www.example.org/bericht", "mailto:post@example.org"]
    expect(main.locator("main .rich li")).to_have_text(["Erster Punkt"])
