package reader

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Address returns where the request comes from. X-Forwarded-For is believed
// only from a trusted proxy, and only up to the first address that is none of
// them, counted from the end: what stands before it anybody could write.
func Address(r *http.Request, proxies []netip.Prefix) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	addr = addr.Unmap()
	trusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	if !trusted(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		addr = next.Unmap().WithZone("")
		if !trusted(addr) {
			break
		}
	}
	return addr
}

// Network returns the network of the address, for the log: /16 of IPv4, /32 of
// IPv6, which are a provider's and nobody's home.
func Network(a netip.Addr) string { return prefixOf(a, 16, 32) }

// Home returns what one reader holds of the address space: an IPv4 address, or
// the /64 that a home or phone is given.
func Home(a netip.Addr) string { return prefixOf(a, 32, 64) }

func prefixOf(a netip.Addr, bits4, bits6 int) string {
	bits := bits6
	if a.Is4() {
		bits = bits4
	}
	p, err := a.Prefix(bits)
	if err != nil || !p.IsValid() {
		return "unknown"
	}
	return p.String()
}
