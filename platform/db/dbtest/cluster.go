package dbtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// postgres returns the URL of the server for tests, started if need be.
var postgres = sync.OnceValues(func() (string, error) {
	if u := os.Getenv("KAKEHASHI_TEST_POSTGRES"); u != "" {
		return u, nil
	}
	c, err := findCluster()
	if err != nil {
		return "", err
	}
	return c.url(), c.use()
})

// cluster is the shared cluster: a directory with the data, the socket and
// the lock files.
//
// Every process that uses it holds a shared lock on the file "users" until it
// ends, however it ends. A keeper (a shell that outlives us) waits for the
// exclusive lock and stops the server.
type cluster struct {
	dir, bin string
	cred     *syscall.Credential // nil: ours
	idle     time.Duration       // the keeper stops a server that nobody has used for so long
}

// held keeps the shared lock until the process ends. It is global, for a file
// that nobody can reach is closed by the garbage collector.
var held []*os.File

func findCluster() (*cluster, error) {
	pgctl, err := exec.LookPath("pg_ctl")
	if err == nil {
		pgctl, err = filepath.EvalSymlinks(pgctl)
	}
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_ctl")
		if len(found) == 0 {
			return nil, errors.New("no pg_ctl on PATH or in /usr/lib/postgresql; set KAKEHASHI_TEST_POSTGRES to a postgres:// URL")
		}
		pgctl = found[len(found)-1]
	}
	c := &cluster{bin: filepath.Dir(pgctl), idle: 20 * time.Second}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		for _, name := range []string{"postgres", "nobody"} {
			if u, err := user.Lookup(name); err == nil {
				uid, _ := strconv.Atoi(u.Uid)
				gid, _ := strconv.Atoi(u.Gid)
				c.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
				break
			}
		}
		if c.cred == nil {
			return nil, errors.New("neither a user postgres nor nobody to run the server as")
		}
	}
	// A socket's path holds some 100 bytes: a long TMPDIR does not do.
	tmp := os.TempDir()
	if len(tmp) > 60 {
		tmp = "/tmp"
	}
	c.dir = filepath.Join(tmp, fmt.Sprintf("kakehashi-test-pg-%d", os.Getuid()))
	return c, nil
}

func (c *cluster) url() string {
	q := url.Values{"host": {c.dir}, "user": {"postgres"}, "dbname": {"postgres"}, "sslmode": {"disable"}}
	return "postgres:///?" + q.Encode()
}

// use takes part in the cluster and starts it when it does not run.
func (c *cluster) use() error {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	if c.cred != nil {
		if err := os.Chown(c.dir, int(c.cred.Uid), int(c.cred.Gid)); err != nil {
			return err
		}
	}
	start, err := c.lock("start", syscall.LOCK_EX)
	if err != nil {
		return err
	}
	defer start.Close()
	users, err := c.lock("users", syscall.LOCK_SH)
	if err != nil {
		return err
	}
	held = append(held, users)
	if err := sign(users); err != nil {
		return err
	}
	if !c.running() {
		if err := c.start(); err != nil {
			// What a killed machine left behind may be beyond repair. That no
			// server stands on it is asked again, for others use a server
			// that does.
			if c.running() {
				return err
			}
			if err := os.RemoveAll(filepath.Join(c.dir, "data")); err != nil {
				return err
			}
			if err := c.start(); err != nil {
				return err
			}
		}
		if err := dropSchemas(context.Background(), c.url(), `t\_%`); err != nil {
			return err
		}
	}
	return c.keep()
}

// sign leaves in the file that somebody came, for the keeper.
func sign(users *os.File) error {
	_, err := users.WriteAt([]byte(strconv.FormatInt(time.Now().UnixNano(), 36)), 0)
	return err
}

// lock opens a lock file and waits for the lock.
func (c *cluster) lock(name string, how int) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(c.dir, name), os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	if c.cred != nil { // the keeper opens it too
		_ = f.Chown(int(c.cred.Uid), int(c.cred.Gid))
	}
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if err == nil {
			return f, nil
		}
		if err != syscall.EINTR {
			f.Close()
			return nil, err
		}
	}
}

// running reports whether there is a server process. A connection would be the
// wrong question: under load it can be late or one too many, and the server of
// all others would be taken for dead.
func (c *cluster) running() bool {
	return c.command(filepath.Join(c.bin, "pg_ctl"), "-D", "data", "status").Run() == nil
}

// start makes the data directory if there is none, and starts the server.
// Nothing in it needs to survive a crash, so nothing waits for the disk.
func (c *cluster) start() error {
	data := filepath.Join(c.dir, "data")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err != nil {
		if err := c.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"); err != nil {
			return err
		}
	}
	options := "-c listen_addresses='' -c unix_socket_directories='" + c.dir + "'" +
		" -c fsync=off -c full_page_writes=off -c max_connections=400 -c shared_buffers=64MB" +
		" -c autovacuum_naptime=1h -c max_wal_size=2GB"
	return c.run("pg_ctl", "-D", data, "-l", filepath.Join(c.dir, "log"), "-o", options, "-w", "-s", "start")
}

// run runs one of PostgreSQL's programs. Its output goes to a file: a pipe
// would be inherited by the server, and go test would wait for its end.
func (c *cluster) run(name string, args ...string) error {
	out, err := os.CreateTemp(c.dir, "out-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd := c.command(filepath.Join(c.bin, name), args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w: %s", name, err, said)
	}
	return nil
}

func (c *cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: c.cred}
	return cmd
}

// keeper stops the server when nobody has used it for $1 seconds: nobody holds
// the lock, and nobody has written the file, as each user does, while it slept.
// Only one runs at a time; while it stops the server it keeps newcomers waiting.
const keeper = `
exec 8>>keeper 9>>users
flock -n 8 || exit 0
while :; do
	flock 9; flock -u 9
	before=$(cat users)
	sleep "$1" 8>&- 9>&-
	flock -n 9 || continue
	[ "$before" = "$(cat users)" ] && break
	flock -u 9
done
"$0" -D data -m immediate -s stop 8>&- 9>&-
`

func (c *cluster) keep() error {
	idle := strconv.FormatFloat(c.idle.Seconds(), 'f', -1, 64)
	cmd := c.command("/bin/sh", "-c", keeper, filepath.Join(c.bin, "pg_ctl"), idle)
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Process.Release()
}
