package files

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/i18n/i18ntest"
)

var tables = []db.Migrations{audit.Migrations(), Migrations()}

func asFault(err error, f **fault.Error) bool { return errors.As(err, f) }

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "files", messages)
	i18ntest.Keys(t, Messages(), ".")
}

// clock is a Store's clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) forward(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

func newStore(t testing.TB) (*Store, *clock) {
	t.Helper()
	s, err := New(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{now: time.Now()}
	s.now = c.Now
	return s, c
}

const (
	room  db.ID = 5
	group db.ID = 6
)

var clerk = db.Actor{Person: 1, Via: "web"}

func write1(t testing.TB, d *db.DB, fn func(*db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), clerk, fn); err != nil {
		t.Fatal(err)
	}
}

// put stages and adds one file.
func put(t testing.TB, d *db.DB, s *Store, owner db.ID, name string, b []byte) (f File) {
	t.Helper()
	st, err := s.Stage(t.Context(), name, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	write1(t, d, func(tx *db.Tx) error {
		id, err := s.Add(tx, owner, st, i18n.Text{i18n.Ja: "会議室の入口"})
		if err == nil {
			f, err = s.Get(tx, id)
		}
		return err
	})
	return f
}

// blobs counts the files in the folder, unfinished ones included.
func blobs(t testing.TB, s *Store) (n int) {
	t.Helper()
	err := filepath.WalkDir(s.dir, func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var somePDF = []byte("%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")

func TestStore_PutGetOpen(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		s, _ := newStore(t)
		f := put(t, d, s, room, "入口.JPEG", asJPEG(t, corners(2000, 1000)))
		if f.Name != "入口.jpg" || f.Mime != "image/jpeg" || f.Width != 1600 || f.Height != 800 || !f.Picture() || f.Owner != room || f.CreatedAt.IsZero() || f.Alt[i18n.Ja] != "会議室の入口" {
			t.Fatalf("%+v", f)
		}
		r, err := s.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || int64(len(b)) != f.Size {
			t.Fatalf("%d bytes of %d, %v", len(b), f.Size, err)
		}
		th, err := s.OpenThumb(f)
		if err != nil {
			t.Fatal(err)
		}
		th.Close()
		var pdf File
		write1(t, d, func(tx *db.Tx) error {
			id, err := s.Put(t.Context(), tx, room, `C:\docs\議事録.pdf.exe`, bytes.NewReader(somePDF))
			if err == nil {
				pdf, err = s.Get(tx, id)
			}
			return err
		})
		if pdf.Name != "議事録.pdf" {
			t.Errorf("name %q", pdf.Name)
		}
		if pdf.Picture() || pdf.Size != int64(len(somePDF)) {
			t.Errorf("%+v", pdf)
		}
		if _, err := s.OpenThumb(pdf); !fault.Is(err, fault.NotFound) {
			t.Errorf("a PDF's thumbnail: %v", err)
		}
		write1(t, d, func(tx *db.Tx) error {
			if err := s.SetAlt(tx, f.ID, i18n.Text{i18n.En: "The entrance"}); err != nil {
				return err
			}
			list, err := s.ByOwner(tx, room)
			if len(list) != 2 || list[0].Alt[i18n.En] != "The entrance" || list[1].ID != pdf.ID {
				t.Errorf("%+v", list)
			}
			if _, err := s.Get(tx, 999); !fault.Is(err, fault.NotFound) {
				t.Errorf("no such file: %v", err)
			}
			var n int
			if err := tx.Row(`SELECT COUNT(*) FROM audit_pending WHERE subject = 'file'`).Scan(&n); err != nil || n != 3 {
				t.Errorf("%d entries in the log, %v", n, err)
			}
			return err
		})
	})
}

func TestStage_Refuses(t *testing.T) {
	s, _ := newStore(t)
	for name, c := range map[string]struct {
		in  []byte
		key string
	}{
		"nothing":         {nil, "files.error.empty"},
		"text":            {[]byte("hello"), "files.error.kind"},
		"a page":          {[]byte("<!doctype html><script>alert(1)</script>"), "files.error.kind"},
		"a drawing":       {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), "files.error.kind"},
		"a program":       {[]byte("\x7fELF\x02\x01\x01"), "files.error.kind"},
		"an archive":      {[]byte("PK\x03\x04zzzz"), "files.error.kind"},
		"half a PDF":      {somePDF[:20], "files.error.damaged"},
		"half a picture":  {asJPEG(t, corners(64, 48))[:200], "files.error.damaged"},
		"too many bytes":  {bytes.Repeat([]byte("x"), MaxSize+1), "files.error.size"},
		"a page as a JPG": {append([]byte("\xff\xd8\xff"), "<script>"...), "files.error.damaged"},
	} {
		_, err := s.Stage(t.Context(), "入口.jpg", bytes.NewReader(c.in))
		var f *fault.Error
		if !fault.Is(err, fault.Invalid) || !asFault(err, &f) || f.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := blobs(t, s); n != 0 {
		t.Errorf("%d blobs of refused uploads", n)
	}
}

func TestDelete_BytesGoWithTheLastRow(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		s, c := newStore(t)
		pic := asPNG(t, corners(900, 600))
		a := put(t, d, s, room, "a.png", pic)
		b := put(t, d, s, group, "b.png", pic)
		if a.Hash != b.Hash || blobs(t, s) != 2 {
			t.Fatalf("the same bytes are kept %d times", blobs(t, s)/2)
		}
		c.forward(3 * time.Hour)
		remove := func(id db.ID) {
			t.Helper()
			write1(t, d, func(tx *db.Tx) error { return s.Delete(tx, id) })
		}
		remove(a.ID)
		if r, err := s.Open(b); err != nil {
			t.Fatalf("deleting one took the other's bytes: %v", err)
		} else {
			r.Close()
		}
		// A delete that is rolled back takes nothing.
		_ = d.Write(t.Context(), clerk, func(tx *db.Tx) error {
			if err := s.Delete(tx, b.ID); err != nil {
				return err
			}
			return fault.New(fault.Conflict, "web.error.conflict")
		})
		if n := blobs(t, s); n != 2 {
			t.Fatalf("%d blobs after a delete that was undone", n)
		}
		remove(b.ID)
		if n := blobs(t, s); n != 0 {
			t.Fatalf("%d blobs left", n)
		}
		if _, err := s.Open(b); !fault.Is(err, fault.NotFound) {
			t.Errorf("deleted: %v", err)
		}
		if err := d.Write(t.Context(), clerk, func(tx *db.Tx) error { return s.Delete(tx, b.ID) }); !fault.Is(err, fault.NotFound) {
			t.Errorf("deleted twice: %v", err)
		}
	})
}

func TestCollect_TakesOnlyWhatNobodyWants(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		s, c := newStore(t)
		kept := put(t, d, s, room, "a.png", asPNG(t, corners(500, 300)))
		abandoned, err := s.Stage(t.Context(), "b.pdf", bytes.NewReader(somePDF))
		if err != nil {
			t.Fatal(err)
		}
		half := filepath.Join(s.dir, "ab")
		if err := os.MkdirAll(half, 0o750); err != nil {
			t.Fatal(err)
		}
		for name, b := range map[string]string{".new-123": "half", "README": "not ours"} {
			if err := os.WriteFile(filepath.Join(half, name), []byte(b), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		collect := func() (int, int64) {
			t.Helper()
			n, bytes, err := s.Collect(t.Context(), d)
			if err != nil {
				t.Fatal(err)
			}
			return n, bytes
		}
		if n, _ := collect(); n != 0 {
			t.Fatalf("took %d fresh blobs", n)
		}
		c.forward(90 * time.Minute)
		if err := d.Write(t.Context(), clerk, func(tx *db.Tx) error {
			_, err := s.Add(tx, room, abandoned, nil)
			return err
		}); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("an upload staged too long ago: %v", err)
		}
		// Somebody uploads the abandoned bytes again: they stay.
		c.forward(time.Hour)
		again, err := s.Stage(t.Context(), "b.pdf", bytes.NewReader(somePDF))
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := collect(); n != 0 {
			t.Fatalf("took %d blobs while one was being uploaded", n)
		}
		write1(t, d, func(tx *db.Tx) error { _, err := s.Add(tx, room, again, nil); return err })
		write1(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`DELETE FROM files WHERE mime = 'application/pdf'`)
			return err
		})
		c.forward(3 * time.Hour)
		if n, size := collect(); n != 1 || size != int64(len(somePDF)) {
			t.Fatalf("took %d blobs of %d bytes", n, size)
		}
		if n := blobs(t, s); n != 3 { // picture, thumbnail and the stranger's file
			t.Fatalf("%d files left", n)
		}
		r, err := s.Open(kept)
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
	})
}

// TestCollect_BesideUploads lets uploads of the same bytes, deletes and
// collections run against each other: whatever row is there has its bytes.
func TestCollect_BesideUploads(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	s, c := newStore(t)
	var work sync.WaitGroup
	var hour sync.RWMutex // no transaction takes an hour: the clock waits for them
	for range 3 {
		work.Go(func() {
			for range 20 {
				st, err := s.Stage(t.Context(), "a.pdf", bytes.NewReader(somePDF))
				if err != nil {
					t.Error(err)
					return
				}
				var id db.ID
				hour.RLock()
				err = d.Write(t.Context(), clerk, func(tx *db.Tx) error { id, err = s.Add(tx, room, st, nil); return err })
				hour.RUnlock()
				if fault.Is(err, fault.Unavailable) {
					continue // the clock ran ahead of it
				}
				if err != nil {
					t.Error(err)
					return
				}
				r, err := s.Open(File{ID: id, Hash: st.File().Hash})
				if err != nil {
					t.Errorf("a row without its bytes: %v", err)
					return
				}
				r.Close()
				hour.RLock()
				if err := d.Write(t.Context(), clerk, func(tx *db.Tx) error { return s.Delete(tx, id) }); err != nil {
					t.Error(err)
				}
				hour.RUnlock()
			}
		})
	}
	work.Go(func() {
		for range 40 {
			hour.Lock()
			c.forward(40 * time.Minute)
			hour.Unlock()
			if _, _, err := s.Collect(t.Context(), d); err != nil {
				t.Error(err)
			}
		}
	})
	work.Wait()
}

func TestServe(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	s, _ := newStore(t)
	pic := put(t, d, s, room, `室"1" (大).png`, asPNG(t, corners(900, 600)))
	pdf := put(t, d, s, room, "議事録.pdf", somePDF)
	get := func(f File, thumb bool, header ...string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/files/x", nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		serve := s.Serve
		if thumb {
			serve = s.ServeThumb
		}
		if err := serve(w, r, f, Everyone); err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := get(pic, false)
	for name, want := range map[string]string{
		"Content-Type":            "image/png",
		"X-Content-Type-Options":  "nosniff",
		"Content-Security-Policy": "default-src 'none'; sandbox",
		"Cache-Control":           "public, max-age=31536000, immutable",
		"ETag":                    `"` + pic.Hash + `"`,
		"Content-Disposition":     `inline; filename="_1 (_).png"; filename*=UTF-8''%E5%AE%A41%20%28%E5%A4%A7%29.png`,
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
	if w.Code != 200 || int64(w.Body.Len()) != pic.Size {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
	if w := get(pic, false, "If-None-Match", `"`+pic.Hash+`"`); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("known already: %d", w.Code)
	}
	if w := get(pic, false, "Range", "bytes=0-9"); w.Code != http.StatusPartialContent || w.Body.Len() != 10 {
		t.Errorf("a part: %d", w.Code)
	}
	if w := get(pic, true); w.Header().Get("Content-Type") != pic.ThumbMime || w.Header().Get("ETag") == `"`+pic.Hash+`"` {
		t.Errorf("thumbnail: %v", w.Header())
	}
	if w := get(pdf, false); !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment;") || w.Header().Get("Content-Type") != "application/pdf" {
		t.Errorf("PDF: %v", w.Header())
	}
	rec := httptest.NewRecorder()
	if err := s.ServeThumb(rec, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil), pdf, Reader); !fault.Is(err, fault.NotFound) || rec.Body.Len() != 0 {
		t.Errorf("a PDF's thumbnail: %v", err)
	}
	if _, err := s.Open(File{Hash: "../../../etc/passwd"}); err == nil {
		t.Error("opened what is no blob")
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "file.jpg",
		"...":                      "file.jpg",
		"IMG_0001.HEIC":            "IMG_0001.jpg",
		`C:\Users\x\写真.png`:        "写真.jpg",
		"../../etc/passwd":         "passwd.jpg",
		"a\x00b\nc.gif":            "abc.jpg",
		"gnp\u202egpj.exe":         "gnpgpj.jpg",
		"が.png":                    "が.jpg",
		"報告 v1.2 2026.11.28 final": "報告 v1.2 2026.11.28 final.jpg",
		strings.Repeat("長", 300):   strings.Repeat("長", 100) + ".jpg",
		"\xff\xfe.png":             "file.jpg",
	} {
		if got := cleanName(in, "image/jpeg"); got != want {
			t.Errorf("cleanName(%q) = %q, not %q", in, got, want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"a.png", "", "..", "/", `\`, "a/b\\c", "\u202e", strings.Repeat(".", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := cleanName(s, "application/pdf")
		if strings.ContainsAny(got, "/\\\x00\n\"") || strings.HasPrefix(got, ".") || !strings.HasSuffix(got, ".pdf") || !utf8.ValidString(got) || len([]rune(got)) > maxName+4 {
			t.Fatalf("%q", got)
		}
		if strings.ContainsAny(disposition("inline", got), "\r\n") {
			t.Fatal("a header broken in two")
		}
	})
}
