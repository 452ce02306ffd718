"""The credit inside the file of a picture: XMP, which outlives a new name of the file and is read by other programs.

Written when a picture is downloaded and not when it is stored: a credit that was corrected is right at once.
Source of the format: ISO 16684-1 (XMP), part 3 for where it stands in JPEG and PNG.
"""

from struct import pack
from xml.sax.saxutils import escape
from zlib import crc32

from intmk.media.images.metadata import JPEG, PNG

JPEG_NAME = b"http://ns.adobe.com/xap/1.0/\0"
PNG_NAME = b"XML:com.adobe.xmp\0\0\0\0\0"  # neither packed nor in a language
LARGEST = 65_000  # what one segment of a JPEG holds, with its head
PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
    ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/">'
    "<dc:creator><rdf:Seq><rdf:li>{credit}</rdf:li></rdf:Seq></dc:creator>"
    '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© {credit}</rdf:li></rdf:Alt></dc:rights>'
    "<photoshop:Credit>{credit}</photoshop:Credit><xmpRights:Marked>True</xmpRights:Marked>"
    '<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang="x-default">{licence}</rdf:li></rdf:Alt></xmpRights:UsageTerms>'
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
)


def credit_packet(credit: str, licence: str) -> bytes:
    """Return the credit and what may be done with the picture as XMP; a very long licence is left out."""
    packet = PACKET.format(credit=escape(credit), licence=escape(licence)).encode()
    return packet if len(packet) < LARGEST else credit_packet(credit, "")


def with_packet(data: bytes, packet: bytes) -> bytes:
    """Return the JPEG or PNG with `packet` in it, every other byte as it was; other files as they are."""
    if data.startswith(JPEG):
        place = 2
        if data[2:4] == b"\xff\xe0":  # JFIF wants to come first
            place += 2 + int.from_bytes(data[4:6])
        body = JPEG_NAME + packet
        return data[:place] + b"\xff\xe1" + pack(">H", len(body) + 2) + body + data[place:]
    if data.startswith(PNG):
        place = len(PNG) + 25  # after the head
        body = b"iTXt" + PNG_NAME + packet
        return data[:place] + pack(">I", len(body) - 4) + body + pack(">I", crc32(body)) + data[place:]
    return data
