"""The words of schema.org (release 30.0) that the pages use, and what is wrong with data in them."""

import re
from datetime import date, datetime

# Each type with its parent; what lies between and is not used is left out.
PARENTS = {
    "Action": "Thing", "SearchAction": "Action",
    "CreativeWork": "Thing", "Report": "CreativeWork", "NewsArticle": "CreativeWork", "WebSite": "CreativeWork",
    "WebPage": "CreativeWork", "AboutPage": "WebPage", "CollectionPage": "WebPage",
    "DataCatalog": "CreativeWork", "Dataset": "CreativeWork",
    "MediaObject": "CreativeWork", "ImageObject": "MediaObject", "DataDownload": "MediaObject",
    "Event": "Thing",
    "Organization": "Thing", "GovernmentOrganization": "Organization",
    "Person": "Thing",
    "Place": "Thing", "AdministrativeArea": "Place", "Country": "AdministrativeArea",
    "Intangible": "Thing", "EntryPoint": "Intangible", "VirtualLocation": "Intangible", "ListItem": "Intangible",
    "BreadcrumbList": "Intangible", "ContactPoint": "Intangible", "PostalAddress": "ContactPoint",
    "OrganizationRole": "Intangible",
}  # fmt: skip
# Each property with the types that have it and what it may be.
PROPERTIES = {
    "about": ("CreativeWork Event", "Thing"),
    "address": ("Place", "PostalAddress"),
    "addressCountry": ("PostalAddress", "Text"),
    "addressLocality": ("PostalAddress", "Text"),
    "alternateName": ("Thing", "Text"),
    "areaServed": ("Organization", "AdministrativeArea"),
    "attendee": ("Event", "Person"),
    "author": ("CreativeWork", "Organization"),
    "availableLanguage": ("ContactPoint", "Language"),
    "caption": ("ImageObject", "Text"),
    "citation": ("CreativeWork", "CreativeWork Text"),
    "contactPoint": ("Organization", "ContactPoint"),
    "contactType": ("ContactPoint", "Text"),
    "containedInPlace": ("Place", "Place"),
    "contentUrl": ("MediaObject", "URL"),
    "copyrightNotice": ("CreativeWork", "Text"),
    "creator": ("CreativeWork", "Organization"),
    "creditText": ("CreativeWork", "Text"),
    "dataset": ("DataCatalog", "Dataset"),
    "dateCreated": ("CreativeWork", "Date"),
    "dateModified": ("CreativeWork", "DateTime"),
    "datePublished": ("CreativeWork", "Date"),
    "description": ("Thing", "Text"),
    "distribution": ("Dataset", "DataDownload"),
    "encoding": ("CreativeWork", "MediaObject"),
    "encodingFormat": ("CreativeWork", "MediaType"),
    "endDate": ("Event OrganizationRole", "Date"),
    "eventAttendanceMode": ("Event", "EventAttendanceMode"),
    "eventStatus": ("Event", "EventStatus"),
    "genre": ("CreativeWork", "Text"),
    "headline": ("CreativeWork", "Text"),
    "identifier": ("Thing", "Text"),
    "image": ("Thing", "ImageObject"),
    "inLanguage": ("CreativeWork Event", "Language"),
    "isAccessibleForFree": ("CreativeWork", "Boolean"),
    "isBasedOn": ("CreativeWork", "CreativeWork"),
    "isPartOf": ("CreativeWork", "CreativeWork"),
    "item": ("ListItem", "URL"),
    "itemListElement": ("BreadcrumbList", "ListItem"),
    "jobTitle": ("Person", "Text"),
    "location": ("Event", "Place VirtualLocation"),
    "member": ("Organization OrganizationRole", "OrganizationRole Person"),
    "name": ("Thing", "Text"),
    "organizer": ("Event", "Organization"),
    "position": ("ListItem", "Integer"),
    "potentialAction": ("Thing", "Action"),
    "publisher": ("CreativeWork", "Organization"),
    "query-input": ("SearchAction", "Text"),  # an annotation of actions, not in the list of properties
    "roleName": ("OrganizationRole", "Text"),
    "startDate": ("Event OrganizationRole", "Date"),
    "subjectOf": ("Thing", "CreativeWork"),
    "target": ("Action", "EntryPoint"),
    "url": ("Thing", "URL"),
    "urlTemplate": ("EntryPoint", "Text"),
    "usageInfo": ("CreativeWork", "URL"),
    "worksFor": ("Person", "Organization"),
}
# What each type cannot do without where it is of use.
NEEDED = {
    "Event": "name eventStatus organizer", "GovernmentOrganization": "name", "Person": "name", "Place": "name",
    "ImageObject": "contentUrl creditText", "BreadcrumbList": "itemListElement", "ListItem": "position name item",
    "SearchAction": "target query-input", "Dataset": "name description", "NewsArticle": "headline datePublished",
}  # fmt: skip
FORMS = {
    "Text": r".*\S.*",
    "URL": r"https?://[^\s<>\"]+",
    "Language": r"de|de-simple|en",
    "MediaType": r"[a-z]+/[a-z0-9.+-]+",
    "EventStatus": r"https://schema\.org/Event(Scheduled|Cancelled)",
    "EventAttendanceMode": r"https://schema\.org/(Offline|Online)EventAttendanceMode",
}


def ancestors(kind: str) -> list[str]:
    """Return a type with all above it."""
    return [kind, *ancestors(PARENTS[kind])] if kind in PARENTS else [kind]


def faults(graph: dict) -> list[str]:
    """Return what is wrong with a whole graph: unknown words, values of a wrong kind, references to nothing."""
    if graph["@context"] != "https://schema.org":
        return ["anderer Kontext"]
    named = {thing.get("@id") for thing in graph["@graph"]}
    return [fault for thing in graph["@graph"] for fault in faults_of(thing, named)]


def faults_of(thing: dict, named: set) -> list[str]:
    """Return what is wrong with a thing and all in it."""
    if thing.keys() == {"@id"}:
        return [] if thing["@id"] in named else [f"{thing['@id']} gibt es hier nicht"]
    kind = thing.get("@type", "")
    if kind != "Thing" and kind not in PARENTS:
        return [f"unbekannter Typ {kind!r}"]
    found = [f"{kind} ohne {name}" for name in NEEDED.get(kind, "").split() if name not in thing]
    for name, value in thing.items():
        if name.startswith("@"):
            continue
        owners, kinds = PROPERTIES.get(name, ("", ""))
        if not set(owners.split()) & set(ancestors(kind)):
            found.append(f"{kind} hat kein {name}")
        for part in value or [None] if isinstance(value, list) else [value]:
            found += faults_of_value(name, part, set(kinds.split()), named)
    return found


def faults_of_value(name: str, value: object, kinds: set[str], named: set) -> list[str]:
    """Return what is wrong with one value of a property that may be of these kinds."""
    if not isinstance(value, dict):
        return [] if any(is_a(value, kind) for kind in kinds) else [f"{name} ist nicht {value!r}"]
    fits = "@type" not in value or kinds & set(ancestors(value["@type"]))
    return faults_of(value, named) + ([] if fits else [f"{name} ist kein {value['@type']}"])


def is_a(value: object, kind: str) -> bool:
    """Say whether a value that is no thing is one of this kind."""
    if kind in ("Integer", "Boolean"):
        return type(value) is {"Integer": int, "Boolean": bool}[kind]
    if not isinstance(value, str):
        return False
    if kind in ("Date", "DateTime"):
        return is_date(value) if kind == "Date" else is_moment(value)
    return kind in FORMS and bool(re.fullmatch(FORMS[kind], value, re.DOTALL))


def is_date(value: str) -> bool:
    """Say whether it is a day, a month or a year (ISO 8601)."""
    try:
        date.fromisoformat(value + "0000-01-01"[len(value) :])
    except ValueError:
        return False
    return len(value) in (4, 7, 10)


def is_moment(value: str) -> bool:
    """Say whether it is a moment with its zone (ISO 8601)."""
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
