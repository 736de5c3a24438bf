throw new Error('tests may')
