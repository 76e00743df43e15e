package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"golang.org/x/mod/sumdb/note"

	"kakehashi/platform/fault"
)

const (
	fileFormat = "kakehashi keys 1"
	auditName  = "kakehashi-audit" // names the signing key inside checkpoints
	indexBytes = 32                // length of the blind index key
	sealBytes  = 32                // AES-256
)

// header opens every key file, for the person who finds one.
const header = `# The keys of one Kakehashi city. Without this file its sealed data is lost.
# Keep a copy in a safe place, apart from the database and its backups.
`

// contents is the key file below its header.
type contents struct {
	Format  string          `json:"format"`
	Sealing json.RawMessage `json:"sealing"` // Tink keyset, cleartext JSON
	Index   string          `json:"index"`   // base64
	Audit   string          `json:"audit"`   // private key of package note
}

// New returns fresh keys that live in memory only, for tests.
func New() (k *Keys, err error) {
	defer fault.Wrap(&err, "seal.New()")
	h, err := withNewKey(keyset.NewManager())
	if err != nil {
		return nil, err
	}
	private, _, err := note.GenerateKey(rand.Reader, auditName)
	if err != nil {
		return nil, err
	}
	index := make([]byte, indexBytes)
	rand.Read(index)
	return build(h, index, private)
}

// withNewKey adds a fresh AES-256-GCM key as the primary one.
func withNewKey(m *keyset.Manager) (*keyset.Handle, error) {
	p, err := aesgcm.NewParameters(aesgcm.ParametersOpts{
		KeySizeInBytes: sealBytes,
		IVSizeInBytes:  12,
		TagSizeInBytes: 16,
		Variant:        aesgcm.VariantTink,
	})
	if err != nil {
		return nil, err
	}
	id, err := m.AddNewKeyFromParameters(p)
	if err != nil {
		return nil, err
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, err
	}
	return m.Handle()
}

func build(h *keyset.Handle, index []byte, private string) (*Keys, error) {
	if len(index) != indexBytes {
		return nil, fmt.Errorf("the index key has %d bytes, not %d", len(index), indexBytes)
	}
	signer, err := newSigner(private)
	if err != nil {
		return nil, fmt.Errorf("audit key: %w", err)
	}
	k := &Keys{index: index, audit: signer}
	if err := k.use(h); err != nil {
		return nil, fmt.Errorf("sealing keys: %w", err)
	}
	return k, nil
}

// Create makes fresh keys and writes them to a new file at path, readable to
// its owner alone. It fails when something is there already.
func Create(path string) (k *Keys, err error) {
	defer fault.Wrap(&err, "seal.Create(%s)", path)
	if k, err = New(); err != nil {
		return nil, err
	}
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	if err := k.writeTo(f); err != nil {
		os.Remove(path)
		return nil, err
	}
	return k, syncDir(path)
}

// Load reads the key file at path. It refuses a file that others may read, or
// that more than its owner may change; the owner's group may read, since some
// systems hand out secrets that way.
func Load(path string) (k *Keys, err error) {
	defer fault.Wrap(&err, "seal.Load(%s)", path)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if open := st.Mode().Perm() & 0o037; open != 0 {
		return nil, fmt.Errorf("mode %v lets others in: run chmod 600 on it", st.Mode().Perm())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parse(b)
}

// parse reads the bytes of a key file.
func parse(b []byte) (*Keys, error) {
	for bytes.HasPrefix(b, []byte("#")) {
		_, b, _ = bytes.Cut(b, []byte("\n"))
	}
	var c contents
	if err := json.Unmarshal(b, &c); err != nil {
		// What stands in the file is secret, so the parser's words are not shown.
		return nil, errors.New("this is no key file, or it is damaged")
	}
	if c.Format != fileFormat {
		return nil, fmt.Errorf("format %.40q, not %q", c.Format, fileFormat)
	}
	index, err := base64.StdEncoding.DecodeString(c.Index)
	if err != nil {
		return nil, errors.New("the index key is damaged")
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(c.Sealing)))
	if err != nil {
		return nil, errors.New("the sealing keys are damaged")
	}
	return build(h, index, c.Audit)
}

// Rotate puts a new sealing key in front of those in the file at path; older
// ones still open. A program that runs seals with the old key until it starts
// again. Where several programs serve one city, stop them all, or hand every
// one the new file before any of them starts with it.
func Rotate(path string) (k *Keys, err error) {
	defer fault.Wrap(&err, "seal.Rotate(%s)", path)
	// The new file's name is also the lock, taken before the old file is read:
	// of two rotations at once one fails here, and no key gets lost.
	next := path + ".new"
	f, err := create(next)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("another rotation is under way, or was interrupted: look at %s and remove it: %w", next, err)
	}
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.Remove(next)
		}
	}()
	k, err = rotated(path)
	if err := errors.Join(err, k.writeTo(f)); err != nil {
		return nil, err
	}
	if err := os.Rename(next, path); err != nil {
		return nil, err
	}
	return k, syncDir(path)
}

// rotated returns the keys of the file with a new sealing key in front.
func rotated(path string) (*Keys, error) {
	old, err := Load(path)
	if err != nil {
		return nil, err
	}
	h, err := withNewKey(keyset.NewManagerFromHandle(old.handle))
	if err != nil {
		return nil, err
	}
	return build(h, old.index, old.audit.private)
}

// create opens a new file for its owner alone, where nothing may be yet.
func create(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// writeTo writes the key file durably and closes it. Without keys it only closes.
func (k *Keys) writeTo(f *os.File) (err error) {
	defer func() { err = errors.Join(err, f.Close()) }()
	if k == nil {
		return nil
	}
	var sealing bytes.Buffer
	if err := insecurecleartextkeyset.Write(k.handle, keyset.NewJSONWriter(&sealing)); err != nil {
		return err
	}
	body, err := json.MarshalIndent(contents{
		Format:  fileFormat,
		Sealing: sealing.Bytes(),
		Index:   base64.StdEncoding.EncodeToString(k.index),
		Audit:   k.audit.private,
	}, "", "  ")
	if err != nil {
		return err
	}
	if _, err := f.WriteString(header + string(body) + "\n"); err != nil {
		return err
	}
	return f.Sync()
}

// syncDir makes the name of a file in its folder durable.
func syncDir(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
