// SPDX-License-Identifier: MIT
// As much of ENS as its clients see: a registry, a resolver that keeps records, one that sends clients to a
// gateway, and the universal resolver. Anybody may write: it is for tests.
pragma solidity ^0.8.30;

error OffchainLookup(address sender, string[] urls, bytes callData, bytes4 callbackFunction, bytes extraData);

interface IExtendedResolver {
    function resolve(bytes calldata name, bytes calldata data) external view returns (bytes memory);
}

interface IAddressResolver {
    function addr(bytes32 node) external view returns (address);
    function addr(bytes32 node, uint256 coinType) external view returns (bytes memory);
    function name(bytes32 node) external view returns (string memory);
}

interface IBatchGateway {
    struct Request {
        address sender;
        string[] urls;
        bytes data;
    }

    error HttpError(uint16 status, string message);

    function query(Request[] calldata requests)
        external
        view
        returns (bool[] memory failures, bytes[] memory responses);
}

contract Registry {
    mapping(bytes32 node => address) public resolver;

    function setResolver(bytes32 node, address to) external {
        resolver[node] = to;
    }
}

contract RecordResolver {
    mapping(bytes32 node => mapping(uint256 coinType => bytes)) private addresses;
    mapping(bytes32 node => mapping(string key => string)) private texts;
    mapping(bytes32 node => string) public name;

    function setAddr(bytes32 node, uint256 coinType, bytes calldata value) external {
        addresses[node][coinType] = value;
    }

    function setText(bytes32 node, string calldata key, string calldata value) external {
        texts[node][key] = value;
    }

    function setName(bytes32 node, string calldata value) external {
        name[node] = value;
    }

    function addr(bytes32 node) external view returns (address) {
        return address(bytes20(addresses[node][60]));
    }

    function addr(bytes32 node, uint256 coinType) external view returns (bytes memory) {
        return addresses[node][coinType];
    }

    function text(bytes32 node, string calldata key) external view returns (string memory) {
        return texts[node][key];
    }

    function supportsInterface(bytes4) external pure returns (bool) {
        return false;
    }
}

// Answers for a name and every name below it, with what its gateway says.
contract GatewayResolver is IExtendedResolver {
    string[] private urls;

    constructor(string[] memory to) {
        urls = to;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IExtendedResolver).interfaceId;
    }

    function resolve(bytes calldata name, bytes calldata data) external view returns (bytes memory) {
        bytes memory question = abi.encodeCall(IExtendedResolver.resolve, (name, data));
        revert OffchainLookup(address(this), urls, question, this.accept.selector, question);
    }

    function accept(bytes calldata response, bytes calldata) external pure returns (bytes memory) {
        return response;
    }
}

// What a resolver of a stranger may do.
contract BrokenResolver {
    error Grumble(string);

    function supportsInterface(bytes4) external pure returns (bool) {
        return false;
    }

    function addr(bytes32) external pure returns (uint256, uint256) {
        return (type(uint256).max, type(uint256).max);
    }

    function text(bytes32, string calldata) external pure returns (string memory) {
        revert Grumble("no");
    }
}

contract UniversalResolver {
    error ResolverNotFound(bytes name);
    error ResolverNotContract(bytes name, address resolver);
    error ResolverError(bytes errorData);
    error UnsupportedResolverProfile(bytes4 selector);
    error ReverseAddressMismatch(string primary, bytes primaryAddress);

    Registry private immutable registry;

    constructor(Registry its) {
        registry = its;
    }

    struct Step {
        address resolver;
        bool isExtended;
        bytes4 callback;
        bytes extraData;
    }

    struct Claim {
        string name;
        bytes account;
        uint256 coinType;
        bytes4 callback;
        bytes extraData;
    }

    function resolveWithGateways(bytes memory name, bytes memory data, string[] memory gateways)
        public
        view
        returns (bytes memory, address)
    {
        (address resolver, uint256 offset) = find(name);
        if (resolver == address(0)) revert ResolverNotFound(name);
        if (resolver.code.length == 0) revert ResolverNotContract(name, resolver);
        bool isExtended =
            RecordResolver(resolver).supportsInterface(type(IExtendedResolver).interfaceId);
        if (!isExtended && offset != 0) revert ResolverNotFound(name);
        bytes memory question =
            isExtended ? abi.encodeCall(IExtendedResolver.resolve, (name, data)) : data;
        (bool ok, bytes memory answer) = resolver.staticcall(question);
        if (ok) return (unwrap(answer, isExtended), resolver);
        if (bytes4(answer) != OffchainLookup.selector) revert ResolverError(answer);
        sendOn(answer, Step(resolver, isExtended, 0, ""), gateways);
    }

    function resolveCallback(bytes memory response, bytes memory extraData)
        public
        view
        returns (bytes memory, address)
    {
        Step memory step = abi.decode(extraData, (Step));
        (bool[] memory failures, bytes[] memory responses) =
            abi.decode(response, (bool[], bytes[]));
        if (failures[0]) revert ResolverError(responses[0]);
        (bool ok, bytes memory answer) = step.resolver.staticcall(
            abi.encodeWithSelector(step.callback, responses[0], step.extraData)
        );
        if (!ok) revert ResolverError(answer);
        return (unwrap(answer, step.isExtended), step.resolver);
    }

    function reverseWithGateways(bytes memory account, uint256 coinType, string[] memory gateways)
        external
        view
        returns (string memory, address, address)
    {
        bytes memory reverseName = reverseNameOf(account, coinType);
        (address resolver,) = find(reverseName);
        if (resolver == address(0)) return ("", address(0), address(0));
        string memory name = IAddressResolver(resolver).name(namehash(reverseName, 0));
        if (bytes(name).length == 0) return ("", address(0), address(0));
        Claim memory claim = Claim(name, account, coinType, 0, "");
        bytes memory question = addressQuestion(name, coinType);
        (bool ok, bytes memory answer) = address(this).staticcall(
            abi.encodeCall(this.resolveWithGateways, (dnsName(name), question, gateways))
        );
        if (ok) return (confirmed(claim, answer), address(0), resolver);
        if (bytes4(answer) != OffchainLookup.selector) bubble(answer);
        (, string[] memory urls, bytes memory data, bytes4 callback, bytes memory extraData) =
            abi.decode(arguments(answer), (address, string[], bytes, bytes4, bytes));
        claim.callback = callback;
        claim.extraData = extraData;
        revert OffchainLookup(
            address(this), urls, data, this.reverseCallback.selector, abi.encode(claim)
        );
    }

    function reverseCallback(bytes memory response, bytes memory extraData)
        external
        view
        returns (string memory, address, address)
    {
        Claim memory claim = abi.decode(extraData, (Claim));
        (bool ok, bytes memory answer) = address(this).staticcall(
            abi.encodeWithSelector(claim.callback, response, claim.extraData)
        );
        if (!ok) bubble(answer);
        return (confirmed(claim, answer), address(0), address(0));
    }

    function sendOn(bytes memory lookup, Step memory step, string[] memory gateways) private view {
        (address sender, string[] memory urls, bytes memory data, bytes4 callback, bytes memory extraData) =
            abi.decode(arguments(lookup), (address, string[], bytes, bytes4, bytes));
        step.callback = callback;
        step.extraData = extraData;
        IBatchGateway.Request[] memory requests = new IBatchGateway.Request[](1);
        requests[0] = IBatchGateway.Request(sender, urls, data);
        revert OffchainLookup(
            address(this),
            gateways,
            abi.encodeCall(IBatchGateway.query, (requests)),
            this.resolveCallback.selector,
            abi.encode(step)
        );
    }

    function confirmed(Claim memory claim, bytes memory answer)
        private
        pure
        returns (string memory)
    {
        (bytes memory record,) = abi.decode(answer, (bytes, address));
        bytes memory primary = claim.coinType == 60
            ? abi.encodePacked(abi.decode(record, (address)))
            : abi.decode(record, (bytes));
        if (keccak256(primary) == keccak256(claim.account)) return claim.name;
        revert ReverseAddressMismatch(claim.name, primary);
    }

    function addressQuestion(string memory name, uint256 coinType)
        private
        pure
        returns (bytes memory)
    {
        bytes32 node = namehash(dnsName(name), 0);
        if (coinType == 60) return abi.encodeWithSignature("addr(bytes32)", node);
        return abi.encodeWithSignature("addr(bytes32,uint256)", node, coinType);
    }

    function unwrap(bytes memory answer, bool isExtended) private pure returns (bytes memory) {
        return isExtended ? abi.decode(answer, (bytes)) : answer;
    }

    function bubble(bytes memory reason) private pure {
        assembly {
            revert(add(reason, 32), mload(reason))
        }
    }

    function arguments(bytes memory call) private pure returns (bytes memory rest) {
        rest = new bytes(call.length - 4);
        for (uint256 i = 0; i < rest.length; i++) {
            rest[i] = call[i + 4];
        }
    }

    function find(bytes memory name) private view returns (address, uint256) {
        for (uint256 offset = 0; name[offset] != 0; offset += uint8(name[offset]) + 1) {
            address resolver = registry.resolver(namehash(name, offset));
            if (resolver != address(0)) return (resolver, offset);
        }
        return (address(0), 0);
    }

    function namehash(bytes memory name, uint256 offset) private pure returns (bytes32) {
        uint256 size = uint8(name[offset]);
        if (size == 0) return 0;
        bytes32 label;
        assembly {
            label := keccak256(add(add(name, 33), offset), size)
        }
        return keccak256(abi.encodePacked(namehash(name, offset + size + 1), label));
    }

    function dnsName(string memory text) private pure returns (bytes memory name) {
        bytes memory dotted = bytes(text);
        name = new bytes(dotted.length + 2);
        uint256 start = 0;
        for (uint256 i = 0; i <= dotted.length; i++) {
            if (i < dotted.length && dotted[i] != ".") {
                name[i + 1] = dotted[i];
                continue;
            }
            name[start] = bytes1(uint8(i - start));
            start = i + 1;
        }
    }

    function reverseNameOf(bytes memory account, uint256 coinType)
        private
        pure
        returns (bytes memory)
    {
        string memory space = coinType == 60 ? "addr" : hexOf(abi.encodePacked(uint32(coinType)));
        return dnsName(string.concat(hexOf(account), ".", space, ".reverse"));
    }

    function hexOf(bytes memory data) private pure returns (string memory) {
        bytes memory digits = "0123456789abcdef";
        bytes memory text = new bytes(data.length * 2);
        for (uint256 i = 0; i < data.length; i++) {
            text[2 * i] = digits[uint8(data[i]) >> 4];
            text[2 * i + 1] = digits[uint8(data[i]) & 15];
        }
        return string(text);
    }
}
