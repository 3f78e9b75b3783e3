import { parseAbi } from 'viem'

export const REGISTRY = '0x0300000000000000000000000000000000000001'

export const registryAbi = parseAbi([
  'struct IdentityInput { bytes32 identityId; uint8 kind; uint8 tier; uint8 investorType; uint16 country; uint16 taxCountry; uint32 attributes; uint64 expiry; uint32 providerId; address onchainId; bytes32 claimsHash; }',
  'function registerIdentity(IdentityInput input, address[] wallets)',
  'function setIdentityStatus(bytes32 identityId, uint8 status, bytes32 reason)',
  'function kycStatus(address account) view returns (uint8)',
  'function isEligible(address account) view returns (bool)',
  'function messageOf(uint8 code) view returns (string)',
])

export const IdentityStatus = { active: 1, frozen: 2 }
