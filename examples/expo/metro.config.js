// The packages of this repository lie outside this folder; an application that installs them needs none of this.

const { join } = require('node:path')
const { getDefaultConfig } = require('expo/metro-config')

const root = join(__dirname, '../..')
const config = getDefaultConfig(__dirname)
config.watchFolders = ['packages', 'node_modules'].map((folder) => join(root, folder))
config.resolver.nodeModulesPaths = [join(__dirname, 'node_modules'), join(root, 'node_modules')]

module.exports = config
