/*
 * libsrtp 3's buffer-to-buffer calls, on top of libsrtp 2's in-place ones.
 *
 * mediasoup-worker calls libsrtp 3; distributions carry libsrtp 2. The overloads below take the
 * libsrtp 3 arguments, put the packet into the output buffer, and let libsrtp 2 work on it there.
 */
#ifndef CAUSEWAY_LIBSRTP3_ON_LIBSRTP2_H
#define CAUSEWAY_LIBSRTP3_ON_LIBSRTP2_H

#include <srtp2/srtp.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>

/* Status codes that libsrtp 3 adds. libsrtp 2 never returns cryptex_err. */
static constexpr srtp_err_status_t srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
static constexpr srtp_err_status_t srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

namespace causeway
{
	/*
	 * Runs a libsrtp 2 in-place call on a copy of the packet.
	 *
	 * `growth` is how many bytes the call may add to the packet; libsrtp 2 does not know the size of
	 * the buffer, so the room for them is checked here, before it writes.
	 */
	template<typename InPlaceCall>
	inline srtp_err_status_t applyInPlace(
	  InPlaceCall call,
	  const uint8_t* input,
	  size_t inputLength,
	  uint8_t* output,
	  size_t* outputLength,
	  size_t growth)
	{
		if (inputLength > static_cast<size_t>(INT_MAX) || inputLength + growth > *outputLength)
		{
			return srtp_err_status_buffer_small;
		}

		if (output != input)
		{
			std::memmove(output, input, inputLength);
		}

		int length = static_cast<int>(inputLength);
		const srtp_err_status_t status = call(output, &length);

		if (status == srtp_err_status_ok)
		{
			*outputLength = static_cast<size_t>(length);
		}

		return status;
	}
} // namespace causeway

inline srtp_err_status_t srtp_protect(
  srtp_t ctx, const uint8_t* rtp, size_t rtp_len, uint8_t* srtp, size_t* srtp_len, size_t /*mki_index*/)
{
	return causeway::applyInPlace(
	  [ctx](void* packet, int* length) { return ::srtp_protect(ctx, packet, length); },
	  rtp,
	  rtp_len,
	  srtp,
	  srtp_len,
	  SRTP_MAX_TRAILER_LEN);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t ctx, const uint8_t* srtp, size_t srtp_len, uint8_t* rtp, size_t* rtp_len)
{
	return causeway::applyInPlace(
	  [ctx](void* packet, int* length) { return ::srtp_unprotect(ctx, packet, length); },
	  srtp,
	  srtp_len,
	  rtp,
	  rtp_len,
	  0);
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t ctx, const uint8_t* rtcp, size_t rtcp_len, uint8_t* srtcp, size_t* srtcp_len, size_t /*mki_index*/)
{
	/* SRTCP adds the trailer and its own 32-bit index (RFC 3711, section 3.4). */
	return causeway::applyInPlace(
	  [ctx](void* packet, int* length) { return ::srtp_protect_rtcp(ctx, packet, length); },
	  rtcp,
	  rtcp_len,
	  srtcp,
	  srtcp_len,
	  SRTP_MAX_TRAILER_LEN + sizeof(uint32_t));
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t ctx, const uint8_t* srtcp, size_t srtcp_len, uint8_t* rtcp, size_t* rtcp_len)
{
	return causeway::applyInPlace(
	  [ctx](void* packet, int* length) { return ::srtp_unprotect_rtcp(ctx, packet, length); },
	  srtcp,
	  srtcp_len,
	  rtcp,
	  rtcp_len,
	  0);
}

/* The worker passes the SSRC in network order, as libsrtp 2 keeps it: no conversion. */
inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return ::srtp_remove_stream(session, ssrc);
}

#endif
