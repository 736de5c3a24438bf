// SPDX-License-Identifier: MIT
// Contract wallets as their users see them: one key decides, and may be exchanged.
pragma solidity ^0.8.30;

contract Wallet {
    address public owner;

    constructor(address first) {
        owner = first;
    }

    // Its owner, or itself: with EIP-7702 the account is its own contract.
    modifier onlyOwner() {
        require(msg.sender == owner || msg.sender == address(this), "not the owner");
        _;
    }

    function setOwner(address next) external onlyOwner {
        owner = next;
    }

    function execute(address to, bytes calldata data) external onlyOwner {
        (bool ok,) = to.call(data);
        require(ok, "call failed");
    }

    receive() external payable {}

    // ERC-1271. Signatures carry a first byte of the wallet's own, as those of real wallets do.
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        require(signature.length == 66, "no signature of this wallet");
        bytes32 r = bytes32(signature[1:33]);
        bytes32 s = bytes32(signature[33:65]);
        address signer = ecrecover(hash, uint8(signature[65]), r, s);
        return signer != address(0) && signer == owner ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}

contract WalletFactory {
    function create(address owner, bytes32 salt) external returns (address) {
        address at = addressOf(owner, salt);
        return at.code.length > 0 ? at : address(new Wallet{salt: salt}(owner));
    }

    function addressOf(address owner, bytes32 salt) public view returns (address) {
        bytes memory code = abi.encodePacked(type(Wallet).creationCode, abi.encode(owner));
        bytes32 hash = keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, keccak256(code)));
        return address(uint160(uint256(hash)));
    }
}
