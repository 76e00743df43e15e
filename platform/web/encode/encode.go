// Package encode chooses and applies a content coding: zstd, gzip or none.
//
// Only whole bodies and streams of text are compressed; what is compressed
// already (images, archives) and what must flow (server-sent events) is not.
package encode

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Coding is a content coding (RFC 9110 section 8.4.1).
type Coding uint8

// The codings, the least wanted first; at equal weight the later one wins.
const (
	Identity Coding = iota
	Gzip
	Zstd
	Count int = iota // how many there are, for arrays
)

// MinSize is the number of bytes below which compressing saves no packet.
const MinSize = 1024

// window bounds the memory of a zstd encoder and of the reader's decoder;
// pages are smaller than it.
const window = 128 << 10

// Token returns the name that stands in Content-Encoding, "" for Identity.
func (c Coding) Token() string {
	switch c {
	case Gzip:
		return "gzip"
	case Zstd:
		return "zstd"
	}
	return ""
}

// Negotiate returns the coding that an Accept-Encoding header asks for (RFC
// 9110 section 12.5.3): the highest weight wins, zstd before gzip before none.
// A client that forbids every coding we have gets Identity all the same.
func Negotiate(header string) Coding {
	if header == "" {
		return Identity
	}
	// Weights in thousandths; -1 is "not named".
	weights := [Count]int{-1, -1, -1}
	star := -1
	for header != "" {
		var part string
		part, header, _ = strings.Cut(header, ",")
		name, params, _ := strings.Cut(part, ";")
		q := weight(params)
		switch name = strings.TrimSpace(name); {
		case strings.EqualFold(name, "zstd"):
			weights[Zstd] = q
		case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
			weights[Gzip] = q
		case strings.EqualFold(name, "identity"):
			weights[Identity] = q
		case name == "*":
			star = q
		}
	}
	best, most := Identity, 0
	if weights[Identity] > 0 {
		most = weights[Identity]
	}
	for c := Gzip; c <= Zstd; c++ {
		q := weights[c]
		if q < 0 {
			q = star
		}
		if q > 0 && q >= most {
			best, most = c, q
		}
	}
	return best
}

// Of returns the coding that the headers of a request ask for.
func Of(h http.Header) Coding {
	switch v := h["Accept-Encoding"]; len(v) {
	case 0:
		return Identity
	case 1:
		return Negotiate(v[0])
	default:
		return Negotiate(strings.Join(v, ","))
	}
}

// Has reports whether If-None-Match names the tag (RFC 9110 section 13.1.2: the
// comparison is weak, so that a proxy's W/ does no harm).
func Has(h http.Header, tag string) bool {
	for _, line := range h["If-None-Match"] {
		if line == "*" {
			return true
		}
		for part := range strings.SplitSeq(line, ",") {
			if strings.TrimPrefix(strings.TrimSpace(part), "W/") == tag {
				return true
			}
		}
	}
	return false
}

// AcceptsGzip reports whether the request would rather have gzip than nothing,
// for Stream.
func AcceptsGzip(h http.Header) bool {
	return Negotiate(strings.Join(h["Accept-Encoding"], ",")+",zstd;q=0") == Gzip
}

// weight parses ";q=0.5" into thousandths; a weight that cannot be read is 0,
// so that nobody gets a coding they may not understand.
func weight(params string) int {
	params = strings.TrimSpace(params)
	if params == "" {
		return 1000
	}
	name, value, ok := strings.Cut(params, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 1000
	}
	value = strings.TrimSpace(value)
	if value == "" || len(value) > 5 || value[0] != '0' && value[0] != '1' {
		return 0
	}
	q := int(value[0]-'0') * 1000
	if len(value) > 1 {
		if value[1] != '.' {
			return 0
		}
		unit := 100
		for _, d := range []byte(value[2:]) {
			if d < '0' || d > '9' {
				return 0
			}
			q += int(d-'0') * unit
			unit /= 10
		}
	}
	return min(q, 1000)
}

// Compressible reports whether a body of the media type gets smaller.
func Compressible(mime string) bool {
	kind, _, _ := strings.Cut(mime, ";")
	kind = strings.TrimSpace(kind)
	if kind == "text/event-stream" {
		return false
	}
	return strings.HasPrefix(kind, "text/") ||
		strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml") ||
		kind == "application/json" || kind == "application/javascript" ||
		kind == "application/xml" || kind == "application/manifest+json"
}

var (
	zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
			zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true))
		if err != nil {
			panic("encode: options of zstd: " + err.Error())
		}
		return e
	})
	gzipWriters = sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(io.Discard, 5)
		if err != nil {
			panic("encode: level of gzip: " + err.Error())
		}
		return w
	}}
)

// Append compresses src and appends it to dst. It is safe for concurrent use.
func (c Coding) Append(dst, src []byte) []byte {
	switch c {
	case Zstd:
		return zstdEncoder().EncodeAll(src, dst)
	case Gzip:
		b := &sliceWriter{dst}
		w := gzipWriters.Get().(*gzip.Writer)
		defer gzipWriters.Put(w)
		w.Reset(b)
		// A sliceWriter never fails, so neither do these.
		_, _ = w.Write(src)
		_ = w.Close()
		return b.b
	}
	return append(dst, src...)
}

type sliceWriter struct{ b []byte }

func (w *sliceWriter) Write(p []byte) (int, error) {
	w.b = append(w.b, p...)
	return len(p), nil
}

// Stream returns a gzip writer onto w, for files of unknown length. Close ends
// the stream and gives the writer back; it does not close w.
func Stream(w io.Writer) io.WriteCloser {
	z := gzipWriters.Get().(*gzip.Writer)
	z.Reset(w)
	return &stream{z}
}

type stream struct{ *gzip.Writer }

func (s *stream) Close() error {
	err := s.Writer.Close()
	gzipWriters.Put(s.Writer)
	return err
}
