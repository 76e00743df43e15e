package encode

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func TestNegotiate(t *testing.T) {
	for header, want := range map[string]Coding{
		"":                                 Identity,
		"gzip":                             Gzip,
		"gzip, deflate, br, zstd":          Zstd,
		"gzip;q=1.0, zstd;q=0.5":           Gzip,
		"gzip;q=0, zstd;q=0":               Identity,
		"*":                                Zstd,
		"*;q=0.1, gzip":                    Gzip,
		"*, zstd;q=0":                      Gzip,
		"identity, gzip;q=0.5":             Identity,
		"identity;q=0.5, gzip;q=0.5":       Gzip,
		"GZIP":                             Gzip,
		"br":                               Identity,
		"gzip;q=nonsense":                  Identity,
		" zstd ; q=0.001 ":                 Zstd,
		"gzip;q=0.999,zstd;q=1.000":        Zstd,
		"deflate, gzip;q=1.0, *;q=0.5":     Gzip,
		"gzip;q=2":                         Identity,
		strings.Repeat("x,", 100) + "gzip": Gzip,
	} {
		if got := Negotiate(header); got != want {
			t.Errorf("Negotiate(%q) = %v, want %v", header, got.Token(), want.Token())
		}
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Add("gzip, deflate;q=0.5, *;q=0")
	f.Fuzz(func(t *testing.T, header string) {
		if c := Negotiate(header); int(c) >= Count {
			t.Errorf("Negotiate(%q) = %d", header, c)
		}
	})
}

func TestAppend_ReadsBack(t *testing.T) {
	src := []byte(strings.Repeat("かけはし bridge ", 500))
	unpack := map[Coding]func(io.Reader) (io.Reader, error){
		Identity: func(r io.Reader) (io.Reader, error) { return r, nil },
		Gzip:     func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		Zstd:     func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	}
	for c, open := range unpack {
		packed := c.Append([]byte("head"), src)
		if !bytes.HasPrefix(packed, []byte("head")) {
			t.Fatalf("%v: dst was not kept", c)
		}
		r, err := open(bytes.NewReader(packed[4:]))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, src) {
			t.Errorf("%q: %d bytes back, %v; want %d", c.Token(), len(got), err, len(src))
		}
		if c != Identity && len(packed) > len(src)/4 {
			t.Errorf("%q: %d of %d bytes", c.Token(), len(packed), len(src))
		}
	}
}

func TestCompressible(t *testing.T) {
	for mime, want := range map[string]bool{
		"text/html; charset=utf-8": true, "application/problem+json": true, "image/svg+xml": true,
		"image/png": false, "text/event-stream": false, "application/zip": false, "text/csv": true,
	} {
		if Compressible(mime) != want {
			t.Errorf("Compressible(%q) = %v", mime, !want)
		}
	}
}
