package files

import (
	"bytes"
	"encoding/binary"
)

// orientation returns how a picture must be turned to stand upright, as EXIF
// tag 0x0112 says (1 to 8; CIPA DC-008, 4.6.4); 1 when nothing says so. It
// finds the EXIF block of JPEG, PNG and WebP.
func orientation(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8")):
		return tiffOrientation(jpegExif(b[2:]))
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return tiffOrientation(pngExif(b[8:]))
	case len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return tiffOrientation(webpExif(b[12:]))
	}
	return 1
}

// exifHead stands before the TIFF block in JPEG, and by mistake in some WebP.
var exifHead = []byte("Exif\x00\x00")

// jpegExif walks the segments before the picture's data (ITU-T T.81, B.1.1.3).
func jpegExif(b []byte) []byte {
	for len(b) >= 4 && b[0] == 0xff {
		marker := b[1]
		if marker == 0xff { // fill byte
			b = b[1:]
			continue
		}
		if marker == 0xda || marker == 0xd9 { // start of scan, end of image
			return nil
		}
		n := int(binary.BigEndian.Uint16(b[2:])) // counts itself
		if n < 2 || 2+n > len(b) {
			return nil
		}
		if body := b[4 : 2+n]; marker == 0xe1 && bytes.HasPrefix(body, exifHead) {
			return body[len(exifHead):]
		}
		b = b[2+n:]
	}
	return nil
}

// pngExif walks the chunks: length, type, body, checksum.
func pngExif(b []byte) []byte {
	for len(b) >= 12 {
		n := uint64(binary.BigEndian.Uint32(b))
		if 12+n > uint64(len(b)) {
			return nil
		}
		switch string(b[4:8]) {
		case "eXIf":
			return b[8 : 8+n]
		case "IEND":
			return nil
		}
		b = b[12+n:]
	}
	return nil
}

// webpExif walks the RIFF chunks: type, length, body padded to an even length.
func webpExif(b []byte) []byte {
	for len(b) >= 8 {
		n := uint64(binary.LittleEndian.Uint32(b[4:]))
		if 8+n > uint64(len(b)) {
			return nil
		}
		if string(b[:4]) == "EXIF" {
			return bytes.TrimPrefix(b[8:8+n], exifHead)
		}
		b = b[min(8+n+n&1, uint64(len(b))):]
	}
	return nil
}

// tiffOrientation reads the tag from the first directory of a TIFF block.
func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return 1
	}
	const entryLen, tagOrientation, typeShort = 12, 0x0112, 3
	count := int(order.Uint16(b[at:]))
	for e := b[at+2:]; count > 0 && len(e) >= entryLen; e, count = e[entryLen:], count-1 {
		if order.Uint16(e) != tagOrientation || order.Uint16(e[2:]) != typeShort {
			continue
		}
		if o := int(order.Uint16(e[8:])); o >= 1 && o <= 8 {
			return o
		}
		return 1
	}
	return 1
}
